package edtech.analytics.load;

import static edtech.analytics.testing.Events.event;
import static edtech.analytics.testing.Events.quoted;
import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.model.SqlFile;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import edtech.analytics.testing.AtStep;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.SampleDay;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Staging and the daily marts as readers see them, against the same figures computed by ClickHouse
 * from raw: {@code resources/reference/<database>_<table>.sql}, which a new table needs, too.
 */
class AggregatesIT {
  private static final LocalDate DAY = LocalDate.of(2014, 1, 1);
  private static final LocalDate EMPTY = LocalDate.of(2014, 1, 2);

  /** Those of the reference queries. */
  private static final String[] MEASURES = {
    "dimensions.country", "country",
    "dimensions.version", "device.version",
    "metrics.opens.event-types", "open",
    "metrics.opens.where.country", "AT,DE",
    "metrics.minutes.event-types", "open,purchase",
    "metrics.minutes.sum", "lesson.minutes"
  };

  private static LocalServices services;

  @BeforeAll
  static void load() {
    services = new LocalServices("aggregates");
    Random random = new Random(14);
    services.put(
        DAY,
        "a.jsonl",
        IntStream.range(0, 3000).mapToObj(i -> line(i, random)).toArray(String[]::new));
    assertThat(services.load(DAY, MEASURES).load().error()).isEmpty();
    services.put(EMPTY, "a.jsonl", "");
    String[] allowed = Arrays.copyOf(MEASURES, MEASURES.length + 2);
    allowed[MEASURES.length] = "allow-empty-day";
    allowed[MEASURES.length + 1] = "true";
    assertThat(services.load(EMPTY, allowed).load().error()).isEmpty();
  }

  @AfterAll
  static void close() {
    services.close();
  }

  /** Few users, tasks and seconds, so that ties, crossovers and shared sessions are common. */
  private static String line(int i, Random random) {
    String type =
        one(
            random,
            "open",
            "purchase",
            "task_result",
            "ab_test_assignment",
            "lesson_start",
            "lesson_complete");
    boolean isLesson = type.startsWith("lesson");
    String session = random.nextInt(4) == 0 ? "" : "s" + random.nextInt(40);
    String more =
        "\"session_id\":\"%s\",\"purchase_amount\":\"%d.%02d\",\"task_id\":\"t%d\",\"task_result\":\"%s\",\"ab_test_id\":\"x%d\",\"ab_group\":\"%s\""
                .formatted(
                    session,
                    random.nextInt(60) - 30,
                    random.nextInt(100),
                    random.nextInt(5),
                    random.nextBoolean() ? "success" : "failed",
                    random.nextInt(3),
                    random.nextInt(3) == 0 ? "" : "g" + random.nextInt(2))
            + ",\"platform\":\"%s\",\"country\":\"%s\",\"device\":{\"version\":%s},\"lesson\":{%s}"
                .formatted(
                    one(random, "ios", "web", ""),
                    one(random, "AT", "DE", "ÅL", " "),
                    one(random, "7", "\"7.1\"", "null", "[7]"),
                    one(
                        random,
                        "",
                        "\"minutes\":1.25",
                        "\"minutes\":\"12.000001\"",
                        "\"minutes\":\"x\""))
            + ",\"course_id\":\"%s\",\"lesson_id\":\"%s\""
                .formatted(
                    one(random, "c1", "c2", ""), one(random, "l1", "l2", isLesson ? "l3" : ""));
    String time = "%sT10:%02d:%02d.%06dZ";
    return event(
        quoted("e" + i),
        "u" + random.nextInt(70),
        type,
        quoted(time.formatted(DAY, random.nextInt(2), random.nextInt(60), random.nextInt(2))),
        more);
  }

  private static String one(Random random, String... texts) {
    return texts[random.nextInt(texts.length)];
  }

  static Stream<Table> tables() {
    return Stream.of("staging", "marts").map(Tables::in).flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource("tables")
  void table_equalsItsReferenceFromRaw(Table table) {
    assertThat(rows(table, DAY)).isNotEmpty().isEqualTo(reference(table, DAY));
  }

  @ParameterizedTest
  @MethodSource("tables")
  void table_ofADayWithoutEvents_equalsItsReferenceFromRaw(Table table) {
    assertThat(rows(table, EMPTY)).isEqualTo(reference(table, EMPTY));
  }

  @Test
  void stagedTablesThatDoNotAgree_load_isRefusedWithTheFigures() {
    LocalDate day = LocalDate.of(2014, 1, 3);
    services.put(day, "a.jsonl", SampleDay.lines(day, "a", 20));
    AtStep tamper =
        new AtStep(
            Step.CHECK,
            () -> {
              long load =
                  services.number(
                      "SELECT toInt64(max(load_id)) FROM ops.loads WHERE event_date = '"
                          + day
                          + "'");
              services
                  .admin()
                  .execute(
                      "ALTER TABLE stage.staging_user_day_"
                          + load
                          + " UPDATE event_count = event_count + 1, revenue = revenue - 1"
                          + " WHERE user_id = 'u1' SETTINGS mutations_sync = 2");
            });

    LoadReport report = services.load(day, tamper);

    assertThat(report.load().status()).hasToString("failed");
    assertThat(report.load().error())
        .isEqualTo(
            "the staged tables do not agree: event_count of user_day is 21, rows of events is 20;"
                + " revenue of user_day is 34, sum of purchases is 35;"
                + " event_count of daily_segments by dimension is [20], that of user_day is [21];"
                + " revenue of daily_segments by dimension is [35], that of user_day is [34]:"
                + " nothing was published; load the day again, and report it as a fault of the job"
                + " where that fails, too");
    assertThat(services.number("SELECT count() FROM raw.events WHERE event_date = '" + day + "'"))
        .isZero();
  }

  @Test
  void metricAddedChangedAndTakenAway_dayLoadsAgainEachTime() {
    LocalDate day = LocalDate.of(2014, 1, 4);
    services.put(day, "a.jsonl", SampleDay.lines(day, "a", 20));
    String[] counted = {"metrics.paid.event-types", "purchase"};
    String[] added = {
      "metrics.paid.event-types", "purchase", "metrics.paid.sum", "purchase_amount"
    };

    assertThat(services.load(day).load().status()).hasToString("published");
    assertThat(metrics(day)).isEmpty();
    assertThat(services.load(day, counted).load().status()).hasToString("published");
    assertThat(metrics(day)).containsExactly("paid 4 4");
    assertThat(services.load(day, counted).load().status()).hasToString("skipped");
    assertThat(services.load(day, added).load().status()).hasToString("published");
    assertThat(metrics(day)).containsExactly("paid 4 35");
    assertThat(services.load(day).load().status()).hasToString("published");
    assertThat(metrics(day)).isEmpty();
  }

  private static List<String> metrics(LocalDate day) {
    return services
        .rows(
            "SELECT metric || ' ' || toString(users) || ' ' || toString(total) AS text"
                + " FROM marts.daily_metrics WHERE event_date = '"
                + day
                + "'")
        .stream()
        .map(row -> row.getString("text"))
        .toList();
  }

  private static List<String> rows(Table table, LocalDate day) {
    return lines("SELECT * FROM " + table + " WHERE event_date = {day:Date}", day);
  }

  private static List<String> reference(Table table, LocalDate day) {
    return lines(SqlFile.read("/reference/" + table.view() + ".sql"), day);
  }

  private static List<String> lines(String query, LocalDate day) {
    return services
        .admin()
        .rows(
            "SELECT formatRow('TSV', *) AS text FROM (" + query + ") ORDER BY text",
            Map.of("day", day.toString()))
        .stream()
        .map(row -> row.getString("text"))
        .toList();
  }
}
