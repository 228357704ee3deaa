package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.store.Schema;
import edtech.analytics.forget.Forget;
import edtech.analytics.job.JobContext;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.OwnClickHouse;
import edtech.analytics.testing.SampleDay;
import edtech.analytics.testing.SilentProgress;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A store of the release before there were dimensions, metrics and lessons goes on as it is. */
class StoreOfBeforeIT {
  private static final LocalDate ROLLED = LocalDate.of(2035, 5, 1);
  private static final LocalDate FORGOTTEN = LocalDate.of(2035, 5, 2);
  private static final LocalDate LEFT = LocalDate.of(2035, 5, 3);

  /** Tables with the columns that they have since. */
  private static final List<String> ADDED =
      List.of(
          "staging.user_day dimensions",
          "staging.user_task_day course_id, lesson_id, outcomes",
          "raw.events course_id, lesson_id",
          "raw.task_results course_id, lesson_id");

  private static LocalServices services;
  private static OwnClickHouse own;
  private static ClickHouse admin;

  @BeforeAll
  static void open() {
    services = new LocalServices("before");
    own = new OwnClickHouse();
    admin = own.admin();
  }

  @AfterAll
  static void close() {
    own.close();
    services.close();
  }

  @Test
  void daysOfBefore_stayReadable_andAreLoadedRolledBackAndForgotten() {
    for (LocalDate day : new LocalDate[] {ROLLED, FORGOTTEN, LEFT}) {
      services.put(day, "a.jsonl", SampleDay.lines(day, "a", 50));
      load(day);
    }
    String before = figures();
    makeAsBefore();
    assertThatThrownBy(() -> load(LEFT)).hasMessageContaining("run init as an administrator");

    new Schema(admin).apply("test");

    assertThat(figures()).isEqualTo(before);
    assertThat(number("SELECT count() FROM staging.user_day WHERE notEmpty(dimensions)")).isZero();
    assertThat(number("SELECT count() FROM marts.daily_segments")).isZero();
    assertThat(number("SELECT count() FROM staging.user_task_day WHERE empty(outcomes)"))
        .isEqualTo(number("SELECT count() FROM staging.user_task_day"))
        .isPositive();
    assertThat(number("SELECT count() FROM raw.events WHERE notEmpty(course_id || lesson_id)"))
        .isZero();
    assertThat(daysThatKnowLessons()).isZero();

    // One server shows what is published; nothing of replicas is made there.
    assertThat(
            number(
                """
                SELECT count() FROM system.tables
                WHERE database IN ('raw', 'staging', 'marts') AND engine = 'View'
                  AND position(as_select, 'ops.publications') = 0
                """))
        .isZero();
    assertThat(
            number(
                """
                SELECT count() FROM system.tables
                WHERE engine LIKE 'Replicated%' OR database = 'ops' AND startsWith(name, 'shown')
                """))
        .isZero();

    long old = visible(ROLLED);
    load(ROLLED, "dimensions.session", "session_id", "metrics.opened.event-types", "open");
    assertThat(number("SELECT uniqExact(event_date) FROM marts.daily_segments")).isEqualTo(1);
    assertThat(number("SELECT uniqExact(dimension) FROM marts.daily_segments")).isEqualTo(2);
    assertThat(number("SELECT sum(events) FROM marts.daily_metrics")).isEqualTo(20);
    assertThat(daysThatKnowLessons()).isEqualTo(1);
    assertThat(number("SELECT uniqExact(event_date) FROM staging.user_lesson_day")).isEqualTo(1);
    assertThat(
            number("SELECT uniqExact(event_date) FROM staging.user_task_day ARRAY JOIN outcomes"))
        .isEqualTo(1);
    try (JobContext job = services.job(own.settings())) {
      new Rollback(job).run(ROLLED, OptionalLong.of(old));
    }
    assertThat(visible(ROLLED)).isEqualTo(old);
    assertThat(figures()).isEqualTo(before);
    assertThat(number("SELECT count() FROM marts.daily_segments")).isZero();
    assertThat(daysThatKnowLessons()).isZero();

    try (JobContext job = services.job(own.settings())) {
      assertThat(new Forget(job, new SilentProgress()).run("u3").isFinished()).isTrue();
    }
    assertThat(number("SELECT count() FROM staging.user_day WHERE user_id = 'u3'")).isZero();
    assertThat(number("SELECT sum(dau) FROM marts.daily_activity")).isEqualTo(3 * 39);
    assertThat(number("SELECT count() FROM marts.daily_segments")).isZero();
    // Made anew, the day still does not say that nobody was at a lesson.
    assertThat(daysThatKnowLessons()).isZero();
  }

  /** By the publication in view: a count of lesson rows, a 0 included. */
  private static long daysThatKnowLessons() {
    return number(
        """
        SELECT countIf(known) FROM
        (
            SELECT argMax(mapContains(rows, 'staging.user_lesson_day'), seq) AS known
            FROM ops.publications GROUP BY event_date
        )
        """);
  }

  /** Takes away what this release has added. */
  private static void makeAsBefore() {
    for (Table table : Tables.LATER) {
      admin.execute("DROP VIEW " + table.logical() + " SYNC");
      admin.execute("DROP TABLE " + table.physical() + " SYNC");
    }
    for (String added : ADDED) {
      String table = added.substring(0, added.indexOf(' '));
      admin.execute("DROP VIEW " + table + " SYNC");
      String drop = added.substring(table.length() + 1).replaceAll("\\w+", "DROP COLUMN $0");
      admin.execute("ALTER TABLE store." + table.replace('.', '_') + " " + drop);
    }
    admin.execute(
        "ALTER TABLE ops.publications UPDATE rows = mapFilter((table, n) -> NOT has("
            + Tables.LATER.stream().map(table -> "'" + table.logical() + "'").toList()
            + ", table), rows) WHERE 1 SETTINGS mutations_sync = 2");
    admin.execute("DROP VIEW ops.stored_parts SYNC");
    admin.execute("DROP TABLE ops.mart_runs SYNC");
    admin.execute("DROP DATABASE runs SYNC");
    admin.execute("TRUNCATE TABLE ops.schema_versions");
    admin.execute("INSERT INTO ops.schema_versions (version, form) VALUES (27, 'before')");
  }

  private static String figures() {
    return admin
        .rows(
            """
            SELECT arrayStringConcat(groupArray(formatRow('TSV', *)), '') AS text FROM
            (
                SELECT a.*, t.*, r.*, s.*
                FROM marts.daily_activity AS a
                INNER JOIN marts.daily_task_results AS t USING (event_date)
                INNER JOIN marts.daily_revenue AS r USING (event_date)
                INNER JOIN
                (
                    SELECT event_date, count(), sum(event_count), sum(revenue) FROM staging.user_day
                    GROUP BY event_date
                ) AS s USING (event_date)
                ORDER BY event_date
            )
            """)
        .get(0)
        .getString("text");
  }

  private static void load(LocalDate day, String... settings) {
    LoadReport report = services.load(day, own.settings(settings));
    assertThat(report.load().status()).as(report.text()).hasToString("published");
  }

  private static long visible(LocalDate day) {
    return number(
        "SELECT toInt64(argMax(load_id, seq)) FROM ops.publications WHERE event_date = '"
            + day
            + "'");
  }

  private static long number(String query) {
    return admin.number(query, Map.of());
  }
}
