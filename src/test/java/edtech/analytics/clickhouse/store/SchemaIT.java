package edtech.analytics.clickhouse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import edtech.analytics.testing.LocalServices;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SchemaIT {
  private static final String DATE = "event_date Date";
  private static final String TIME = "event_timestamp DateTime64(6, 'UTC')";

  private static final String COUNT = " UInt64";
  private static final String RATE = " Nullable(Float64)";

  /** docs/tables.md. */
  private static final Map<String, List<String>> CONTRACT =
      Map.ofEntries(
          Map.entry(
              "raw.events",
              List.of(
                  DATE,
                  TIME,
                  "event_id String",
                  "user_id String",
                  "session_id String",
                  "event_type LowCardinality(String)",
                  "platform LowCardinality(String)",
                  "screen_name LowCardinality(String)",
                  "course_id LowCardinality(String)",
                  "lesson_id LowCardinality(String)",
                  "properties String")),
          Map.entry(
              "raw.purchases",
              List.of(
                  DATE,
                  TIME,
                  "event_id String",
                  "user_id String",
                  "session_id String",
                  "purchase_amount Decimal(18, 2)",
                  "currency LowCardinality(String)")),
          Map.entry(
              "raw.task_results",
              List.of(
                  DATE,
                  TIME,
                  "event_id String",
                  "user_id String",
                  "session_id String",
                  "task_id LowCardinality(String)",
                  "task_result LowCardinality(String)",
                  "is_success Bool",
                  "course_id LowCardinality(String)",
                  "lesson_id LowCardinality(String)")),
          Map.entry(
              "raw.sessions",
              List.of(
                  DATE,
                  "session_id String",
                  "user_id String",
                  "session_start DateTime64(6, 'UTC')",
                  "session_end DateTime64(6, 'UTC')",
                  "event_count UInt64")),
          Map.entry(
              "raw.ab_test_assignments",
              List.of(
                  DATE,
                  "assignment_timestamp DateTime64(6, 'UTC')",
                  "event_id String",
                  "user_id String",
                  "ab_test_id LowCardinality(String)",
                  "ab_group LowCardinality(String)")),
          Map.entry(
              "raw.rejected_events",
              List.of(
                  DATE,
                  "source_file LowCardinality(String)",
                  "reason LowCardinality(String)",
                  "detail LowCardinality(String)",
                  "line String",
                  "line_encoding LowCardinality(String)")),
          Map.entry(
              "staging.user_day",
              List.of(
                  DATE,
                  "user_id String",
                  "first_event_at DateTime64(6, 'UTC')",
                  "last_event_at DateTime64(6, 'UTC')",
                  "event_count" + COUNT,
                  "session_count" + COUNT,
                  "session_seconds Decimal(18, 6)",
                  "task_attempts" + COUNT,
                  "task_successes" + COUNT,
                  "purchase_count" + COUNT,
                  "positive_purchase_count" + COUNT,
                  "revenue Decimal(18, 2)",
                  "dimensions Map(LowCardinality(String), String)")),
          Map.entry(
              "staging.user_metric_day",
              List.of(
                  DATE,
                  "user_id String",
                  "metric LowCardinality(String)",
                  "events" + COUNT,
                  "total Decimal(38, 6)",
                  "not_numeric" + COUNT)),
          Map.entry(
              "marts.daily_segments",
              List.of(
                  DATE,
                  "dimension LowCardinality(String)",
                  "value String",
                  "dau" + COUNT,
                  "event_count" + COUNT,
                  "session_count" + COUNT,
                  "task_attempts" + COUNT,
                  "task_successes" + COUNT,
                  "purchase_count" + COUNT,
                  "payers" + COUNT,
                  "revenue Decimal(18, 2)")),
          Map.entry(
              "marts.daily_metrics",
              List.of(
                  DATE,
                  "metric LowCardinality(String)",
                  "users" + COUNT,
                  "events" + COUNT,
                  "total Decimal(38, 6)",
                  "not_numeric" + COUNT,
                  "user_share" + RATE,
                  "per_active_user" + RATE,
                  "per_user" + RATE)),
          Map.entry(
              "staging.user_task_day",
              List.of(
                  DATE,
                  "user_id String",
                  "task_id LowCardinality(String)",
                  "attempts" + COUNT,
                  "successes" + COUNT,
                  "first_attempt_at DateTime64(6, 'UTC')",
                  "last_attempt_at DateTime64(6, 'UTC')",
                  "first_is_success Bool",
                  "last_is_success Bool",
                  "course_id LowCardinality(String)",
                  "lesson_id LowCardinality(String)",
                  "outcomes Array(Bool)")),
          Map.entry(
              "staging.user_lesson_day",
              List.of(
                  DATE,
                  "user_id String",
                  "course_id LowCardinality(String)",
                  "lesson_id LowCardinality(String)",
                  "events" + COUNT,
                  "starts" + COUNT,
                  "completions" + COUNT,
                  "first_started_at DateTime64(6, 'UTC')",
                  "first_completed_at DateTime64(6, 'UTC')")),
          Map.entry(
              "staging.ab_test_user_day",
              List.of(
                  DATE,
                  "ab_test_id LowCardinality(String)",
                  "ab_group LowCardinality(String)",
                  "user_id String",
                  "first_assigned_at DateTime64(6, 'UTC')")),
          Map.entry(
              "marts.daily_activity",
              List.of(
                  DATE,
                  "dau" + COUNT,
                  "event_count" + COUNT,
                  "session_count" + COUNT,
                  "avg_session_seconds" + RATE)),
          Map.entry(
              "marts.daily_task_results",
              List.of(
                  DATE,
                  "task_attempts" + COUNT,
                  "task_successes" + COUNT,
                  "success_rate" + RATE,
                  "users_attempted" + COUNT,
                  "users_succeeded" + COUNT)),
          Map.entry(
              "marts.daily_revenue",
              List.of(
                  DATE,
                  "revenue Decimal(18, 2)",
                  "purchase_count" + COUNT,
                  "payers" + COUNT,
                  "dau" + COUNT,
                  "arpu" + RATE,
                  "arppu" + RATE,
                  "payer_share" + RATE)),
          Map.entry(
              "marts.daily_ab_assignments",
              List.of(
                  DATE,
                  "ab_test_id LowCardinality(String)",
                  "ab_group LowCardinality(String)",
                  "assigned_users" + COUNT)));

  private static ClickHouse admin;

  @BeforeAll
  static void open() {
    admin = LocalServices.connect("CLICKHOUSE_USER", "CLICKHOUSE_PASSWORD");
    new Schema(admin).apply("test");
  }

  @AfterAll
  static void close() {
    admin.close();
  }

  static List<Table> tables() {
    return Tables.PUBLISHED;
  }

  @Test
  void aggregateThatGivesNoRow_isZero() {
    String settings = " SETTINGS empty_result_for_aggregation_by_empty_set = 1";
    assertThat(admin.rows("SELECT count() FROM numbers(0)" + settings)).isEmpty();
    assertThat(admin.number("SELECT count() FROM numbers(0)" + settings, Map.of())).isZero();
  }

  @Test
  void init_twice_changesNothing() {
    String before = definitions();
    long versions = admin.number("SELECT count() FROM ops.schema_versions", Map.of());
    new Schema(admin).apply("test");
    new Schema(admin).requireCurrent();
    assertThat(definitions()).isEqualTo(before).contains("store.raw_events");
    assertThat(admin.number("SELECT count() FROM ops.schema_versions", Map.of()))
        .isEqualTo(versions);
  }

  @Test
  void newerSchema_loadAndInit_areRefused() {
    admin.execute(
        "INSERT INTO ops.schema_versions (version, job_version) VALUES (999, 'SchemaIT')");
    try {
      String message =
          "ClickHouse has schema version 999, this job knows "
              + Schema.VERSION
              + ": use the job jar of the newer release";
      assertThatThrownBy(() -> new Schema(admin).requireCurrent())
          .isInstanceOf(ClickHouseException.class)
          .hasMessage(message);
      assertThatThrownBy(() -> new Schema(admin).apply("test"))
          .isInstanceOf(ClickHouseException.class)
          .hasMessage(message);
    } finally {
      admin.execute("DELETE FROM ops.schema_versions WHERE job_version = 'SchemaIT'");
    }
    new Schema(admin).requireCurrent();
  }

  @Test
  void olderSchema_load_isRefusedUntilInit() {
    admin.execute("RENAME TABLE ops.schema_versions TO ops.schema_versions_away");
    try {
      // As the first release made it, without a form.
      admin.execute(
          "CREATE TABLE ops.schema_versions (version UInt32, job_version String, applied_at"
              + " DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')) ENGINE = MergeTree ORDER BY version");
      admin.execute("INSERT INTO ops.schema_versions (version) VALUES (1)");
      assertThatThrownBy(() -> new Schema(admin).requireCurrent())
          .isInstanceOf(ClickHouseException.class)
          .hasMessage(
              "ClickHouse has schema version 1, this job needs "
                  + Schema.VERSION
                  + ": run init as an administrator");
      new Schema(admin).apply("test");
      new Schema(admin).requireCurrent();
    } finally {
      admin.execute("DROP TABLE IF EXISTS ops.schema_versions SYNC");
      admin.execute("RENAME TABLE ops.schema_versions_away TO ops.schema_versions");
    }
  }

  @Test
  void ledgerOfTheVersionBefore_isTakenAlong() {
    admin.execute("ALTER TABLE store.load_log DROP COLUMN ignored");
    admin.execute("ALTER TABLE ops.load_objects DROP COLUMN ignored");
    admin.execute(
        "INSERT INTO store.load_log (load_id, event_date, lines_read, accepted)"
            + " VALUES (7, '2033-02-01', 3, 3)");
    try {
      new Schema(admin).apply("test");
      assertThat(columns("ops", "loads"))
          .containsSubsequence("blank_lines UInt64", "ignored UInt64");
      assertThat(columns("ops", "load_objects"))
          .containsSubsequence("blank_lines UInt64", "ignored UInt64");
      assertThat(
              admin.number(
                  "SELECT lines_read - ignored FROM ops.loads WHERE load_id = 7", Map.of()))
          .isEqualTo(3);
    } finally {
      admin.execute("DELETE FROM store.load_log WHERE load_id = 7");
    }
  }

  @Test
  void sameVersionInAnotherForm_load_isRefusedUntilInit() {
    admin.execute(
        "INSERT INTO ops.schema_versions (version, form, job_version) VALUES ("
            + Schema.VERSION
            + ", 'other', 'SchemaIT')");
    try {
      assertThatThrownBy(() -> new Schema(admin).requireCurrent())
          .isInstanceOf(ClickHouseException.class)
          .hasMessage(
              "ClickHouse has schema version "
                  + Schema.VERSION
                  + " in another form than this job's: run init as an administrator, with the job"
                  + " jar that is to load");
      new Schema(admin).apply("test");
      new Schema(admin).requireCurrent();
    } finally {
      admin.execute("DELETE FROM ops.schema_versions WHERE job_version = 'SchemaIT'");
    }
  }

  @Test
  void noTables_load_isRefused() {
    admin.execute("RENAME TABLE ops.schema_versions TO ops.schema_versions_away");
    try {
      assertThatThrownBy(() -> new Schema(admin).requireCurrent())
          .isInstanceOf(ClickHouseException.class)
          .hasMessage(
              "ClickHouse has none of the job's tables, or shows this user none: run init as an"
                  + " administrator, and conf/clickhouse/grants/loader.sql for the user that loads");
    } finally {
      admin.execute("RENAME TABLE ops.schema_versions_away TO ops.schema_versions");
    }
    new Schema(admin).requireCurrent();
  }

  @Test
  void init_asTheLoader_isRefusedInOneLine() {
    try (ClickHouse loader =
        LocalServices.connect("CLICKHOUSE_LOADER_USER", "CLICKHOUSE_LOADER_PASSWORD")) {
      assertThatThrownBy(() -> new Schema(loader).apply("test"))
          .isInstanceOf(ClickHouseException.class)
          .hasMessageContaining("as user loader refused")
          .hasMessageContaining("Not enough privileges")
          .message()
          .doesNotContain("\n");
    }
  }

  @ParameterizedTest
  @MethodSource("tables")
  void stageTable_made_hasTheStoresForm(Table table) {
    Stage stage = new Stage(admin, LocalDate.of(2033, 1, 1), 33);
    try {
      stage.create(table);
      String[] of = table.physical().split("\\.");
      assertThat(form("stage", table.stageName(33)))
          .isEqualTo(form(of[0], of[1]) + ", min_parts_to_merge_at_once = 100")
          .contains("PARTITION BY (event_date, load_id)")
          .contains("non_replicated_deduplication_window = 100000")
          .contains("fsync_after_insert = 1");
    } finally {
      stage.drop();
    }
  }

  @ParameterizedTest
  @MethodSource("tables")
  void view_columns_areTheContracts(Table table) {
    assertThat(columns(table.database(), table.name())).isEqualTo(CONTRACT.get(table.logical()));
  }

  @ParameterizedTest
  @MethodSource("tables")
  void storeTable_columns_areTheViewsThenTheLoadAndTheTask(Table table) {
    List<String> view = columns(table.database(), table.name());
    List<String> store = columns("store", table.physical().split("\\.")[1]);
    assertThat(store.subList(0, view.size())).isEqualTo(view);
    assertThat(store.subList(view.size(), store.size()))
        .containsExactly("load_id UInt64", "_task UInt64");
    assertThat(view).noneMatch(c -> !table.database().equals("marts") && c.contains("Nullable"));
  }

  @Test
  void everyStoreTable_isOneThatLoadsPublish_orTheLedger() {
    assertThat(
            admin.rows("SELECT name FROM system.tables WHERE database = 'store'").stream()
                .map(row -> "store." + row.getString("name"))
                .collect(Collectors.toSet()))
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    Tables.PUBLISHED.stream().map(Table::physical), Stream.of("store.load_log"))
                .toList());
  }

  private static List<String> columns(String database, String table) {
    return admin
        .rows(
            "SELECT name || ' ' || type AS spec FROM system.columns WHERE database ="
                + " {database:String} AND table = {table:String} ORDER BY position",
            Map.of("database", database, "table", table))
        .stream()
        .map(row -> row.getString("spec"))
        .toList();
  }

  /** The CREATE statement without the table's name and address. */
  private static String form(String database, String table) {
    String sql =
        admin
            .rows(
                "SELECT create_table_query AS q FROM system.tables WHERE database ="
                    + " {database:String} AND name = {table:String}",
                Map.of("database", database, "table", table))
            .get(0)
            .getString("q");
    return sql.substring(sql.indexOf('('));
  }

  private static String definitions() {
    return admin
        .rows(
            "SELECT database || '.' || name || ' ' || create_table_query AS q FROM system.tables"
                + " WHERE database IN ('store', 'ops', 'raw', 'staging', 'marts') ORDER BY q")
        .stream()
        .map(row -> row.getString("q"))
        .collect(Collectors.joining("\n"));
  }
}
