package edtech.analytics.shell;

import edtech.analytics.config.Settings;
import edtech.analytics.config.SettingsReader;
import edtech.analytics.load.ShownDay;
import java.io.IOException;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What {@code conf/spark-shell} opens in a session that is there: days of events as views. One day
 * at a time; the next one takes over the names of the views.
 */
public final class EventShell {
  private final SparkSession spark;
  private final Settings settings;
  private ShownDay shown;

  private EventShell(SparkSession spark, Settings settings) {
    this.spark = spark;
    this.settings = settings;
  }

  /**
   * With the settings of the environment, as {@code EVENTS_URI}, {@code EDTECH_SOURCE_PRESET} or
   * the file that {@code EDTECH_CONFIG} names; those of ClickHouse are not needed.
   *
   * @throws edtech.analytics.config.SettingsException with all problems, when there is one
   */
  public static EventShell open(SparkSession spark) {
    return open(spark, Map.of());
  }

  /**
   * The same with settings of one's own on top.
   *
   * @param overrides key to value, as with {@code --set}
   */
  public static EventShell open(SparkSession spark, Map<String, String> overrides) {
    Settings settings = SettingsReader.readForEvents(Optional.empty(), System.getenv(), overrides);
    spark.conf().set("spark.sql.session.timeZone", "UTC");
    spark.conf().set("spark.sql.ansi.enabled", "true");
    return new EventShell(spark, settings);
  }

  /**
   * Parses a day and makes it the views {@code events}, {@code rejected_events}, {@code user_day},
   * {@code daily_activity} and so on, as {@link ShownDay} says.
   *
   * @param date the day, as {@code 2026-03-01}
   * @return the accepted events, one row each
   */
  public Dataset<Row> events(String date) throws IOException {
    LocalDate day = LocalDate.parse(date);
    if (shown != null) {
      shown.close();
      shown = null;
    }
    shown = new ShownDay(spark, settings, day);
    return spark.table("events");
  }
}
