package edtech.analytics.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import edtech.analytics.load.LocalServices;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
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

  /** contract.md, "raw". */
  private static final Map<String, List<String>> CONTRACT =
      Map.of(
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
              "properties String"),
          "raw.purchases",
          List.of(
              DATE,
              TIME,
              "event_id String",
              "user_id String",
              "session_id String",
              "purchase_amount Decimal(18, 2)",
              "currency LowCardinality(String)"),
          "raw.task_results",
          List.of(
              DATE,
              TIME,
              "event_id String",
              "user_id String",
              "session_id String",
              "task_id LowCardinality(String)",
              "task_result LowCardinality(String)",
              "is_success Bool"),
          "raw.sessions",
          List.of(
              DATE,
              "session_id String",
              "user_id String",
              "session_start DateTime64(6, 'UTC')",
              "session_end DateTime64(6, 'UTC')",
              "event_count UInt64"),
          "raw.ab_test_assignments",
          List.of(
              DATE,
              "assignment_timestamp DateTime64(6, 'UTC')",
              "event_id String",
              "user_id String",
              "ab_test_id LowCardinality(String)",
              "ab_group LowCardinality(String)"),
          "raw.rejected_events",
          List.of(
              DATE,
              "source_file LowCardinality(String)",
              "reason LowCardinality(String)",
              "detail LowCardinality(String)",
              "line String",
              "line_encoding LowCardinality(String)"));

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

  static List<Table> rawTables() {
    return Tables.PUBLISHED.stream().filter(table -> table.database().equals("raw")).toList();
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
          .isEqualTo(form(of[0], of[1]))
          .contains("PARTITION BY (event_date, load_id)")
          .contains("non_replicated_deduplication_window = 100000")
          .contains("fsync_after_insert = 1");
    } finally {
      stage.drop(table);
    }
  }

  @ParameterizedTest
  @MethodSource("rawTables")
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
    assertThat(view).noneMatch(c -> table.database().equals("raw") && c.contains("Nullable"));
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
