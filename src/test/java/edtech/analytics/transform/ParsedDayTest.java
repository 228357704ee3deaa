package edtech.analytics.transform;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.input.ParsedColumn;
import edtech.analytics.testing.LocalSpark;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
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

    try (ParsedDay day = new ParsedDay(spark, DAY, lines, List.of("s3a://b/o"), 200L << 20)) {
      Dataset<Row> events = spark.table("events");
      assertThat(events.toJavaRDD().getNumPartitions()).isGreaterThan(1);

      Dataset<Row> oneTask = events.select("event_id").coalesce(1);

      assertThat(oneTask.count()).isEqualTo(EVENTS);
      assertThat(oneTask.distinct().count()).isEqualTo(EVENTS);
    }
  }

  private static Row event(int number) {
    Object[] values = new Object[ParsedColumn.values().length];
    values[ParsedColumn.ROW_KIND.ordinal()] = "event";
    values[ParsedColumn.OBJECT.ordinal()] = 0;
    values[ParsedColumn.EVENT_ID.ordinal()] = "e" + number;
    values[ParsedColumn.USER_ID.ordinal()] = "u" + number % 100;
    values[ParsedColumn.EVENT_KIND.ordinal()] = "plain";
    return RowFactory.create(values);
  }
}
