package edtech.analytics.transform;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.input.ParsedColumn;
import edtech.analytics.input.line.ComparedContent;
import edtech.analytics.measure.MeasureNames;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import edtech.analytics.source.Source;
import edtech.analytics.testing.LocalSpark;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;

/** A day's events in more partitions than one. */
class ParsedDayTest {

  private static final LocalDate DAY = LocalDate.of(2026, 3, 1);
  private static final int EVENTS = 2_000;

  private final SparkSession spark = LocalSpark.newSession();

  @Test
  void events_readByFewerTasksThanPartitions_areAllThereOnce() {
    List<Row> rows = IntStream.range(0, EVENTS).mapToObj(ParsedDayTest::event).toList();
    Dataset<Row> lines = spark.createDataFrame(rows, ParsedColumn.SCHEMA);

    try (ParsedDay day = day(lines)) {
      Dataset<Row> events = spark.table("events");
      assertThat(events.toJavaRDD().getNumPartitions()).isGreaterThan(1);

      Dataset<Row> oneTask = events.select("event_id").coalesce(1);

      assertThat(oneTask.count()).isEqualTo(EVENTS);
      assertThat(oneTask.distinct().count()).isEqualTo(EVENTS);
    }
  }

  @Test
  void eventsOfOneId_differingInIgnoredPropertiesOnly_areDuplicates() {
    List<Row> rows =
        List.of(
            event(7, "{\"a\":1,\"sent_at\":\"10:00\"}"),
            event(7, "{\"a\":1,\"sent_at\":\"10:04\"}"),
            event(7, "{\"a\":1}"),
            event(7, "{\"a\":5,\"sent_at\":\"10:00\"}"));
    Dataset<Row> lines = spark.createDataFrame(rows, ParsedColumn.SCHEMA);

    try (ParsedDay day = day(lines)) {
      // The smallest SHA-256 of a line has, by printf 'line of …' | sha256sum, that of 10:04.
      assertThat(spark.table("events").select("properties").as(Encoders.STRING()).collectAsList())
          .containsExactly("{\"a\":1,\"sent_at\":\"10:04\"}");
      assertThat(outcomes(day))
          .containsExactlyInAnyOrder("accepted 1", "duplicate 2", "rejected 1");
    }
    try (ParsedDay day = day(lines, Source.SameId.DUPLICATE)) {
      assertThat(spark.table("events").select("properties").as(Encoders.STRING()).collectAsList())
          .containsExactly("{\"a\":1,\"sent_at\":\"10:04\"}");
      assertThat(outcomes(day)).containsExactlyInAnyOrder("accepted 1", "duplicate 3");
    }
  }

  @Test
  void queries_shuffleRowsOfMartsOnly() {
    List<Row> rows = List.of(event(1), event(2));
    Dataset<Row> lines = spark.createDataFrame(rows, ParsedColumn.SCHEMA);
    MeasureNames names = new MeasureNames(List.of("country"), List.of("lessons"));

    try (ParsedDay day = day(lines);
        DayTables tables = new DayTables(spark, DAY, names)) {
      Map<String, Integer> shuffles = new TreeMap<>();
      for (Table table : Tables.PUBLISHED) {
        String plan = tables.rows(table).queryExecution().executedPlan().toString();
        shuffles.put(table.logical(), plan.split(" Exchange ", -1).length - 1);
      }

      shuffles.values().removeIf(n -> n == 0);
      assertThat(shuffles)
          .isEqualTo(
              Map.of(
                  "marts.daily_ab_assignments", 1,
                  "marts.daily_metrics", 1,
                  "marts.daily_segments", 1));
    }
  }

  private static List<String> outcomes(ParsedDay day) {
    return day.outcomes().select("detail", "lines").collectAsList().stream()
        .map(row -> row.getString(0) + " " + row.getLong(1))
        .toList();
  }

  private ParsedDay day(Dataset<Row> lines) {
    return day(lines, Source.SameId.COMPARE);
  }

  private ParsedDay day(Dataset<Row> lines, Source.SameId sameId) {
    ComparedContent compared = new ComparedContent(sameId, Set.of("sent_at"));
    return new ParsedDay(spark, DAY, lines, List.of("s3a://b/o"), 200L << 20, compared);
  }

  private static Row event(int number) {
    return event(number, "");
  }

  private static Row event(int number, String properties) {
    Object[] values = new Object[ParsedColumn.values().length];
    for (int i = 0; i < values.length; i++) {
      boolean isText = ParsedColumn.SCHEMA.apply(i).dataType().equals(DataTypes.StringType);
      values[i] = isText ? "" : null;
    }
    values[ParsedColumn.LINE_START.ordinal()] = 0L;
    values[ParsedColumn.EVENT_TIMESTAMP.ordinal()] = Timestamp.valueOf("2026-03-01 10:00:00");
    values[ParsedColumn.PROPERTIES.ordinal()] = properties;
    values[ParsedColumn.LINE.ordinal()] = "line of " + properties;
    values[ParsedColumn.ROW_KIND.ordinal()] = "event";
    values[ParsedColumn.OBJECT.ordinal()] = 0;
    values[ParsedColumn.EVENT_ID.ordinal()] = "e" + number;
    values[ParsedColumn.USER_ID.ordinal()] = "u" + number % 100;
    values[ParsedColumn.EVENT_KIND.ordinal()] = "plain";
    return RowFactory.create(values);
  }
}
