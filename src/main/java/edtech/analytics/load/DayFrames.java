package edtech.analytics.load;

import edtech.analytics.config.Settings;
import edtech.analytics.input.DayInput;
import edtech.analytics.input.ErasedUsers;
import edtech.analytics.input.EventSource;
import edtech.analytics.input.Selection;
import edtech.analytics.input.SourceObject;
import edtech.analytics.input.line.ComparedContent;
import edtech.analytics.input.line.ParseRules;
import edtech.analytics.source.Layout;
import edtech.analytics.transform.ParsedDay;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;

/**
 * The parsed lines of each day of a range. Every folder is read once: one that also holds events of
 * other days of the range is kept until the last day that needs it is loaded. A day can be asked
 * for while another one is released.
 */
final class DayFrames implements AutoCloseable {
  /** Assumed gzip ratio; only used to choose the number of partitions. */
  private static final int GZIP_RATIO = 8;

  private final SparkSession spark;
  private final ParseRules rules;
  private final LocalDate from;
  private final LocalDate to;
  private final Layout layout;
  private final boolean isShared;
  private final TreeMap<LocalDate, Dataset<Row>> kept = new TreeMap<>();
  private ErasedUsers erased = ErasedUsers.NONE;

  DayFrames(SparkSession spark, Settings settings, LocalDate from, LocalDate to) {
    this.spark = spark;
    this.from = from;
    this.to = to;
    this.layout = settings.source().layout();
    this.isShared = layout.back() + layout.ahead() > 0 && from.isBefore(to);
    this.rules = ParseRules.of(settings);
  }

  /**
   * The lines of a day: all of its own objects, and its events in other days' objects.
   *
   * @param without users whose lines are left out; what was kept with others of them is read again
   */
  synchronized Dataset<Row> of(DayInput input, ErasedUsers without) {
    if (!without.equals(erased)) {
      close();
      erased = without;
    }
    Dataset<Row> own = folder(input.date(), input.own());
    Dataset<Row> ofDay = isShared ? own.where(ownLines(input.date())) : own;
    int first = input.own().size();
    for (List<SourceObject> objects : byFolder(input.others())) {
      Dataset<Row> late = folder(objects.get(0).prefixDate(), objects);
      ofDay =
          ofDay.union(
              numbered(late, first)
                  .where(isOf(input.date()).or(functions.col("row_kind").equalTo("refused"))));
      first += objects.size();
    }
    return ofDay;
  }

  /** The day as views of a session that is for this day alone. */
  static ParsedDay parse(
      SparkSession spark, DayInput input, Dataset<Row> lines, Settings settings) {
    List<String> files = input.all().stream().map(SourceObject::uri).toList();
    ComparedContent compared =
        new ComparedContent(settings.source().sameId(), settings.events().ignoredProperties());
    return new ParsedDay(spark, input.date(), lines, files, textBytes(input), compared);
  }

  /** Estimated size of the text of the day's own objects. */
  static long textBytes(DayInput input) {
    return input.own().stream()
        .mapToLong(o -> o.bytes() * (o.isNamedAsText() ? 1 : GZIP_RATIO))
        .sum();
  }

  /** Frees what only this day and earlier ones needed: folder p is read for days to p + ahead. */
  synchronized void release(LocalDate date) {
    free(kept.headMap(date.minusDays(layout.ahead()), true));
  }

  @Override
  public synchronized void close() {
    free(kept);
  }

  private static void free(Map<LocalDate, Dataset<Row>> frames) {
    frames.values().forEach(Dataset::unpersist);
    frames.clear();
  }

  /** A shared folder holds events of other days of the range, too. */
  private static Column ownLines(LocalDate date) {
    return functions.col("row_kind").isin("rejected", "refused", "lines").or(isOf(date));
  }

  private static Column isOf(LocalDate date) {
    return functions.col("event_date").equalTo(functions.lit(date));
  }

  private Dataset<Row> folder(LocalDate date, List<SourceObject> objects) {
    if (!isShared) {
      return read(objects);
    }
    return kept.computeIfAbsent(date, d -> read(objects).persist(StorageLevel.MEMORY_AND_DISK()));
  }

  private Dataset<Row> read(List<SourceObject> objects) {
    return EventSource.read(spark, new Selection(objects, rules, from, to, erased));
  }

  private static Dataset<Row> numbered(Dataset<Row> frame, int first) {
    return frame.withColumn("object", functions.col("object").plus(functions.lit(first)));
  }

  private static Iterable<List<SourceObject>> byFolder(List<SourceObject> objects) {
    return objects.stream()
        .collect(Collectors.groupingBy(SourceObject::prefixDate, TreeMap::new, Collectors.toList()))
        .values();
  }
}
