package edtech.analytics.transform;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.measure.MeasureNames;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import edtech.analytics.testing.LocalSpark;
import java.math.BigDecimal;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The queries of staging and the daily marts, on a few events each. */
class DayTablesTest {
  private static final LocalDate DAY = LocalDate.of(2026, 3, 1);
  private static final StructType EVENTS =
      StructType.fromDDL(
          "event_date DATE, event_timestamp TIMESTAMP, event_id STRING, user_id STRING,"
              + " session_id STRING, event_kind STRING, course_id STRING, lesson_id STRING,"
              + " purchase_amount DECIMAL(18,2),"
              + " task_id STRING, is_success BOOLEAN, ab_test_id STRING, ab_group STRING,"
              + " dimensions ARRAY<STRING>, metrics ARRAY<STRUCT<metric INT, total DECIMAL(18,6)>>");
  private static final MeasureNames NAMES =
      new MeasureNames(List.of("country", "platform"), List.of("lessons", "minutes"));

  private final SparkSession spark = LocalSpark.newSession();
  private DayTables tables;

  @AfterEach
  void close() {
    tables.close();
  }

  @Test
  void userDay_oneUsersEvents_areCountedAndAdded() {
    events(
        "a 10:00:00 ann s1 plain",
        "b 10:00:30.5 ann s1 task_result t1 true",
        "c 11:00:00 ann s2 task_result t1 false",
        "d 11:00:00.000001 ann s2 purchase 9.99",
        "e 12:00:00 ann - purchase -10.00",
        "f 09:00:00 ann - ab_assignment x g");

    assertThat(rows("staging.user_day"))
        .containsExactly("2026-03-01|ann|09:00:00|12:00:00|6|2|30.500001|2|1|2|1|-0.01|{}");
  }

  @Test
  void userDay_eventsOutsideSessions_haveNoLength() {
    events("a 10:00:00 ann - plain", "b 11:00:00 ann - plain");

    assertThat(rows("staging.user_day"))
        .containsExactly("2026-03-01|ann|10:00:00|11:00:00|2|0|0.000000|0|0|0|0|0.00|{}");
  }

  @Test
  void userDay_sessionIdOfTwoUsers_isASessionOfEach() {
    events(
        "a 10:00:00 ann s1 plain",
        "b 10:00:10 ann s1 plain",
        "c 10:00:00 bob s1 plain",
        "d 10:01:00 bob s1 plain");

    assertThat(rows("staging.user_day"))
        .containsExactly(
            "2026-03-01|ann|10:00:00|10:00:10|2|1|10.000000|0|0|0|0|0.00|{}",
            "2026-03-01|bob|10:00:00|10:01:00|2|1|60.000000|0|0|0|0|0.00|{}");
    assertThat(rows("raw.sessions"))
        .containsExactly(
            "2026-03-01|s1|ann|10:00:00|10:00:10|2", "2026-03-01|s1|bob|10:00:00|10:01:00|2");
  }

  @Test
  void userDay_freePurchaseAndRefund_areNoPositivePurchases() {
    events("a 10:00:00 ann - purchase 0.00", "b 10:00:00 ann - purchase -5.00");

    assertThat(rows("staging.user_day"))
        .containsExactly("2026-03-01|ann|10:00:00|10:00:00|2|0|0.000000|0|0|2|0|-5.00|{}");
  }

  @Test
  void userTaskDay_attempts_areCountedWithTheFirstAndTheLast() {
    events(
        "a 10:00:02 ann - task_result t1 true at=c2,l3",
        "b 10:00:00 ann - task_result t1 false at=c1,l1",
        "c 10:00:01 ann - task_result t1 true at=c1,l2",
        "d 10:00:00 ann - task_result t2 true",
        "e 10:00:00 bob - task_result t1 false",
        "f 10:00:00 bob - plain");

    assertThat(rows("staging.user_task_day"))
        .containsExactly(
            "2026-03-01|ann|t1|3|2|10:00:00|10:00:02|false|true|c2|l3|[false, true, true]",
            "2026-03-01|ann|t2|1|1|10:00:00|10:00:00|true|true|||[true]",
            "2026-03-01|bob|t1|1|0|10:00:00|10:00:00|false|false|||[false]");
  }

  @Test
  void userTaskDay_attemptsAtOneTime_areInTheOrderOfTheirIds() {
    events(
        "b 10:00:00 ann - task_result t1 false",
        "c 10:00:00 ann - task_result t1 true at=-,l2",
        "a 10:00:00 ann - task_result t1 true at=c1,l1",
        "B 10:00:00 bob - task_result t1 false",
        "a 10:00:00 bob - task_result t1 true");

    assertThat(rows("staging.user_task_day"))
        .containsExactly(
            "2026-03-01|ann|t1|3|2|10:00:00|10:00:00|true|true||l2|[true, false, true]",
            "2026-03-01|bob|t1|2|1|10:00:00|10:00:00|false|true|||[false, true]");
  }

  @Test
  void userTaskDay_moreThanAHundredAttempts_allCountAndTheFirstHundredOutcomesAreKept() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 250; i++) {
      String time = String.format(Locale.ROOT, "10:%02d:%02d", i / 60, i % 60);
      lines.add("e" + i + " " + time + " ann - task_result t1 " + (i == 99 || i >= 200));
    }
    Collections.reverse(lines);
    events(lines.toArray(String[]::new));

    assertThat(rows("staging.user_task_day"))
        .containsExactly(
            "2026-03-01|ann|t1|250|51|10:00:00|10:04:09|false|true|||["
                + "false, ".repeat(99)
                + "true]");
  }

  @Test
  void userLessonDay_eventsThatNameACourseOrALesson_areCountedByBoth() {
    events(
        "a 10:00:03 ann - lesson_start at=c1,l1",
        "b 10:00:01 ann - lesson_start at=c1,l1",
        "c 10:00:02 ann - plain at=c1,l1",
        "d 10:00:05 ann - lesson_complete at=c1,l1",
        "e 10:00:04 ann - lesson_complete at=c1,l1",
        "f 10:00:00 ann - task_result t1 true at=c1,-",
        "g 10:00:00 ann - purchase 1.00 at=-,l1",
        "h 10:00:00 ann - plain",
        "i 10:00:00 bob - lesson_complete at=-,l1",
        "j 10:00:00 cy - ab_assignment x g");

    assertThat(rows("staging.user_lesson_day"))
        .containsExactly(
            "2026-03-01|ann|c1|l1|5|2|2|10:00:01|10:00:04",
            "2026-03-01|ann|c1||1|0|0|1970-01-01 00:00:00|1970-01-01 00:00:00",
            "2026-03-01|ann||l1|1|0|0|1970-01-01 00:00:00|1970-01-01 00:00:00",
            "2026-03-01|bob||l1|1|0|1|1970-01-01 00:00:00|10:00:00");
  }

  @Test
  void abTestUserDay_assignedAgainAndToTwoGroups_isOneRowAGroup() {
    events(
        "a 10:00:01 ann - ab_assignment x red",
        "b 10:00:00 ann - ab_assignment x red",
        "c 10:00:02 ann - ab_assignment x blue",
        "d 10:00:03 ann - ab_assignment x -",
        "e 10:00:00 bob - ab_assignment y red");

    assertThat(rows("staging.ab_test_user_day"))
        .containsExactly(
            "2026-03-01|x|blue|ann|10:00:02",
            "2026-03-01|x|red|ann|10:00:00",
            "2026-03-01|x||ann|10:00:03",
            "2026-03-01|y|red|bob|10:00:00");
    assertThat(rows("marts.daily_ab_assignments"))
        .containsExactly(
            "2026-03-01|x|blue|1", "2026-03-01|x|red|1", "2026-03-01|x||1", "2026-03-01|y|red|1");
  }

  @Test
  void userDay_valuesOfDimensions_areThoseOfMostEventsThenTheSmallest() {
    events(
        "a 10:00:00 ann s1 plain dimensions=DE,ios",
        "b 10:00:01 ann s1 plain dimensions=AT,ios",
        "c 10:00:02 ann s2 plain dimensions=-,web",
        "d 10:00:03 ann - plain dimensions=-,-",
        "e 10:00:00 bob - plain dimensions=\uFFFD,-",
        "f 10:00:01 bob - plain dimensions=\uD83D\uDE00,-",
        "g 10:00:00 cy - plain dimensions=-,-");

    assertThat(rows("staging.user_day"))
        .containsExactly(
            "2026-03-01|ann|10:00:00|10:00:03|4|2|1.000000|0|0|0|0|0.00|{country -> AT, platform -> ios}",
            "2026-03-01|bob|10:00:00|10:00:01|2|0|0.000000|0|0|0|0|0.00|{country -> \uFFFD}",
            "2026-03-01|cy|10:00:00|10:00:00|1|0|0.000000|0|0|0|0|0.00|{}");
  }

  @Test
  void dailySegments_usersOfEachValue_areAddedUp() {
    events(
        "a 10:00:00 ann s1 plain dimensions=DE,ios",
        "b 10:00:01 ann s1 task_result t1 true dimensions=DE,ios",
        "c 10:00:00 bob s2 purchase 9.99 dimensions=AT,ios",
        "d 10:00:01 bob s2 purchase -1.00 dimensions=AT,ios",
        "e 10:00:00 cy - task_result t1 false dimensions=DE,-");

    assertThat(rows("marts.daily_segments"))
        .containsExactly(
            "2026-03-01|country|AT|1|2|1|0|0|2|1|8.99",
            "2026-03-01|country|DE|2|3|1|2|1|0|0|0.00",
            "2026-03-01|platform|ios|2|4|2|1|1|2|1|8.99",
            "2026-03-01|platform||1|1|0|1|0|0|0|0.00");
  }

  @Test
  void dailySegments_moreThanAThousandValues_areThoseOfMostUsersAndTheRestTogether() {
    List<String> lines = new ArrayList<>();
    for (int i = 1; i <= 5000; i++) {
      lines.add("e" + i + " 10:00:00 u" + i + " - plain dimensions=" + (10_000 + i) + ",x");
    }
    // Of two users, so before all others; a value that is named as the rest is among the rest.
    lines.add("f1 10:00:00 v1 - plain dimensions=zz,x");
    lines.add("f2 10:00:00 v2 - plain dimensions=zz,x");
    lines.add("f3 10:00:00 v3 - purchase 2.00 dimensions=(other),x");
    lines.add("f4 10:00:00 v4 - purchase 2.00 dimensions=(other),x");
    events(lines.toArray(String[]::new));

    List<String> rows =
        rows("marts.daily_segments").stream().filter(row -> row.contains("|country|")).toList();

    assertThat(rows)
        .hasSize(1000)
        .contains(
            "2026-03-01|country|zz|2|2|0|0|0|0|0|0.00",
            "2026-03-01|country|10998|1|1|0|0|0|0|0|0.00",
            "2026-03-01|country|(other)|4004|4004|0|0|0|2|2|4.00")
        .doesNotContain("2026-03-01|country|10999|1|1|0|0|0|0|0|0.00");
    assertThat(rows("marts.daily_segments"))
        .contains("2026-03-01|platform|x|5004|5004|0|0|0|2|2|4.00");
  }

  @Test
  void metrics_numbersAndOthers_areCountedAndAdded() {
    events(
        "a 10:00:00 ann - plain metrics=0:1,1:2.5",
        "b 10:00:01 ann - plain metrics=0:1,1:0.000001",
        "c 10:00:02 ann - plain metrics=0:1,1:?",
        "d 10:00:00 bob - plain metrics=1:-999999999999.999999",
        "e 10:00:00 cy - plain",
        "f 10:00:00 di - plain");

    assertThat(rows("staging.user_metric_day"))
        .containsExactly(
            "2026-03-01|ann|lessons|3|3.000000|0",
            "2026-03-01|ann|minutes|3|2.500001|1",
            "2026-03-01|bob|minutes|1|-999999999999.999999|0");
    assertThat(rows("marts.daily_metrics"))
        .containsExactly(
            "2026-03-01|lessons|1|3|3.000000|0|0.25|0.75|3.0",
            "2026-03-01|minutes|2|4|-999999999997.499998|1|0.5|"
                + -999999999997.499998 / 4
                + "|"
                + -999999999997.499998 / 2);
  }

  @Test
  void dailyMarts_twoUsers_areCountedOnceEach() {
    events(
        "a 10:00:00 ann s1 plain",
        "b 10:00:10 ann s1 purchase 10.00",
        "c 10:00:20 ann s1 purchase 0.50",
        "d 10:00:00 bob s1 purchase -3.00",
        "e 10:00:00 bob s2 task_result t1 false",
        "f 10:00:05 bob s2 task_result t2 false",
        "g 10:00:00 ann - task_result t1 true");

    assertThat(rows("marts.daily_activity")).containsExactly("2026-03-01|2|7|3|" + 25.0 / 3);
    assertThat(rows("marts.daily_task_results"))
        .containsExactly("2026-03-01|3|1|" + 1.0 / 3 + "|2|1");
    assertThat(rows("marts.daily_revenue")).containsExactly("2026-03-01|7.50|3|1|2|3.75|7.5|0.5");
  }

  @Test
  void dailyMarts_dayWithoutEvents_haveOneRowOfZerosAndNoRates() {
    events();

    assertThat(rows("marts.daily_activity")).containsExactly("2026-03-01|0|0|0|null");
    assertThat(rows("marts.daily_task_results")).containsExactly("2026-03-01|0|0|null|0|0");
    assertThat(rows("marts.daily_revenue")).containsExactly("2026-03-01|0.00|0|0|0|null|null|null");
    assertThat(rows("marts.daily_ab_assignments")).isEmpty();
    assertThat(rows("marts.daily_segments")).isEmpty();
    assertThat(rows("marts.daily_metrics"))
        .containsExactly(
            "2026-03-01|lessons|0|0|0.000000|0|null|null|null",
            "2026-03-01|minutes|0|0|0.000000|0|null|null|null");
    assertThat(rows("staging.user_day")).isEmpty();
    assertThat(rows("staging.user_lesson_day")).isEmpty();
  }

  @Test
  void dailyMarts_nobodyPaysOrTries_haveNoRates() {
    events("a 10:00:00 ann - purchase -1.00");

    assertThat(rows("marts.daily_activity")).containsExactly("2026-03-01|1|1|0|null");
    assertThat(rows("marts.daily_task_results")).containsExactly("2026-03-01|0|0|null|0|0");
    assertThat(rows("marts.daily_revenue")).containsExactly("2026-03-01|-1.00|1|0|1|-1.0|null|0.0");
  }

  /**
   * Each as id, time, user, session, kind, and what the kind has; '-' = absent. Then course and
   * lesson, values of dimensions in their order, and metrics by number with what they get; '?' = no
   * number.
   */
  private void events(String... lines) {
    Dataset<Row> events =
        spark.createDataFrame(Stream.of(lines).map(DayTablesTest::event).toList(), EVENTS);
    events.createOrReplaceTempView("events");
    events.where("event_kind = 'purchase'").createOrReplaceTempView("purchases");
    events.where("event_kind = 'task_result'").createOrReplaceTempView("task_results");
    events.where("event_kind = 'ab_assignment'").createOrReplaceTempView("ab_assignments");
    tables = new DayTables(spark, DAY, NAMES);
  }

  private static Row event(String line) {
    String[] words =
        Arrays.stream(line.split(" ")).map(w -> w.equals("-") ? "" : w).toArray(String[]::new);
    boolean isPurchase = words[4].equals("purchase");
    boolean isTask = words[4].equals("task_result");
    boolean isAssignment = words[4].equals("ab_assignment");
    return RowFactory.create(
        Date.valueOf(DAY),
        Timestamp.from(LocalDateTime.parse(DAY + "T" + words[1]).toInstant(ZoneOffset.UTC)),
        words[0],
        words[2],
        words[3],
        words[4],
        values(line, "at").limit(1).findFirst().filter(v -> !v.equals("-")).orElse(""),
        values(line, "at").skip(1).findFirst().filter(v -> !v.equals("-")).orElse(""),
        isPurchase ? new BigDecimal(words[5]) : null,
        isTask ? words[5] : "",
        isTask && Boolean.parseBoolean(words[6]),
        isAssignment ? words[5] : "",
        isAssignment ? words[6] : "",
        values(line, "dimensions").map(v -> v.equals("-") ? null : v).toArray(String[]::new),
        line.contains(" metrics=")
            ? values(line, "metrics").map(DayTablesTest::metric).toArray(Row[]::new)
            : null);
  }

  private static Stream<String> values(String line, String name) {
    return Arrays.stream(line.split(" "))
        .filter(word -> word.startsWith(name + "="))
        .flatMap(word -> Arrays.stream(word.substring(name.length() + 1).split(",")));
  }

  private static Row metric(String text) {
    String[] parts = text.split(":");
    return RowFactory.create(
        Integer.valueOf(parts[0]), parts[1].equals("?") ? null : new BigDecimal(parts[1]));
  }

  /** The rows of a table, sorted; times without their date. */
  private List<String> rows(String logicalName) {
    Table table =
        Tables.PUBLISHED.stream()
            .filter(t -> t.logical().equals(logicalName))
            .findFirst()
            .orElseThrow();
    Dataset<Row> rows = tables.rows(table);
    return rows
        .selectExpr(
            "concat_ws('|', "
                + String.join(
                    ", ",
                    Arrays.stream(rows.columns())
                        .map(
                            c ->
                                "coalesce(replace(CAST("
                                    + c
                                    + " AS STRING), '"
                                    + DAY
                                    + " '), 'null')")
                        .toList())
                + ") AS text")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }
}
