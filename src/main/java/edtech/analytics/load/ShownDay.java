package edtech.analytics.load;

import edtech.analytics.config.Settings;
import edtech.analytics.input.DayInput;
import edtech.analytics.input.DayLister;
import edtech.analytics.input.ErasedUsers;
import edtech.analytics.job.S3Access;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import edtech.analytics.source.Layout;
import edtech.analytics.transform.DayTables;
import edtech.analytics.transform.ParsedDay;
import java.io.IOException;
import java.time.LocalDate;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * A day as a load would compute it, as temporary views of a session, to be looked at. Nothing is
 * written, and no ClickHouse is asked.
 *
 * <p>The views: {@code parsed} (every line), {@code events} (the accepted ones), and each table of
 * {@link Tables#PUBLISHED} as {@code <database>_<table>} and, where the name is free, as {@code
 * <table>}.
 */
public final class ShownDay implements AutoCloseable {
  private final SparkSession spark;
  private final DayFrames frames;
  private final ParsedDay day;
  private final DayTables tables;

  /**
   * Reads and parses the day.
   *
   * @throws LoadFailedException when a load would fail on it for what cannot be read; its limits on
   *     rejected lines are not applied, so that such a day can be looked at
   */
  public ShownDay(SparkSession spark, Settings settings, LocalDate date) throws IOException {
    this.spark = spark;
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    S3Access.apply(settings, hadoop);
    Layout layout = settings.source().layout();
    DayLister lister = DayLister.of(hadoop, settings.eventsUri(), layout, System.err::println);
    DayInput input = new DayInputs(lister, layout).of(date);
    if (input.own().isEmpty()) {
      String nearest = lister.nearest(date);
      throw new LoadFailedException(
          "no object below "
              + lister.place(date)
              + ": name a day that has events"
              + (nearest.isEmpty() ? "" : "; " + nearest));
    }
    frames = new DayFrames(spark, settings, date, date);
    day = DayFrames.parse(spark, input, frames.of(input, ErasedUsers.NONE), settings);
    if (isAnIdShared()) {
      day.resolveAcrossUsers();
    }
    new DayLedger(input, day.ledger()).requireReadable();
    tables = new DayTables(spark, date, settings.measures().names());
    Tables.PUBLISHED.forEach(this::view);
  }

  /** Frees what was kept of the day; the views stay until others take their names. */
  @Override
  public void close() {
    tables.close();
    day.close();
    frames.close();
  }

  private boolean isAnIdShared() {
    return !spark
        .sql("SELECT event_id FROM events GROUP BY event_id HAVING count(*) > 1 LIMIT 1")
        .isEmpty();
  }

  private void view(Table table) {
    var rows = tables.rows(table);
    rows.createOrReplaceTempView(table.view());
    // raw.events has fewer columns than the view that the queries read under this name.
    if (!table.equals(Tables.EVENTS)) {
      rows.createOrReplaceTempView(table.name());
    }
  }
}
