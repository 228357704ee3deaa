package edtech.analytics.clickhouse;

import edtech.analytics.config.Settings;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;

/**
 * Drops what nobody can see any more, once it has been so for the grace period: stage tables of
 * loads that are over, and partitions of loads that are neither published, nor kept for a rollback,
 * nor running. Two sweeps at once, or one cut off half-way, do no harm.
 */
public final class Sweep {
  /** What a sweep dropped. */
  public record Result(int stageTables, int partitions) {}

  /**
   * Loads that may be dropped: known to be over, or unknown and started longer ago than a load that
   * still lives could have gone without a heartbeat. Publications of the last keep-loads loads of a
   * day are kept, and the load that is held to be released; so is every load that ended, or was
   * replaced in view, within the grace period.
   */
  private static final String DEAD =
      """
      SELECT DISTINCT candidate FROM (%s)
      WHERE candidate NOT IN (
          SELECT load_id FROM (
              SELECT event_date, load_id FROM ops.publications
              GROUP BY event_date, load_id
              ORDER BY max(seq) DESC LIMIT {keep:UInt32} BY event_date))
        AND candidate NOT IN (
          SELECT load_id FROM ops.loads
          WHERE status = 'running'
             OR ifNull(finished_at, started_at) >= now64(6, 'UTC') - toIntervalMinute({grace:UInt32}))
        AND candidate NOT IN (
          SELECT replaced FROM (
              SELECT lagInFrame(load_id) OVER (PARTITION BY event_date ORDER BY seq) AS replaced,
                  published_at
              FROM ops.publications)
          WHERE published_at >= now64(6, 'UTC') - toIntervalMinute({grace:UInt32}))
        AND candidate NOT IN (%s)
        AND snowflakeIDToDateTime64(candidate) < now64(3) - toIntervalMinute({grace:UInt32})
        AND (candidate IN (SELECT load_id FROM ops.loads)
          OR snowflakeIDToDateTime64(candidate) < now64(3) - INTERVAL 1 DAY)
      """;

  private final ClickHouse server;
  private final Settings.Publication settings;

  public Sweep(ClickHouse server, Settings.Publication settings) {
    this.server = server;
    this.settings = settings;
  }

  /** Drops; returns how much. */
  public Result run() {
    int stageTables = 0;
    int partitions = 0;
    for (Table table : Tables.PUBLISHED) {
      stageTables += dropStages(table);
      partitions += dropPartitions(table);
    }
    return new Result(stageTables, partitions);
  }

  private int dropStages(Table table) {
    String prefix = table.stageName(0).replaceAll("0$", "");
    List<Long> dead =
        dead(
            "SELECT toUInt64OrZero(substring(name, "
                + (prefix.length() + 1)
                + ")) AS candidate FROM system.tables WHERE database = 'stage' AND startsWith(name, '"
                + prefix
                + "')",
            // A driver killed after it published leaves the stage of a load that is kept.
            0,
            0);
    dead.stream()
        .filter(loadId -> loadId > 0)
        .forEach(loadId -> server.execute("DROP TABLE IF EXISTS " + table.stage(loadId) + " SYNC"));
    return dead.size();
  }

  private int dropPartitions(Table table) {
    String name = table.physical().replaceFirst("^store\\.", "");
    // Rejected lines of loads that were not published are kept longer: somebody has to look at
    // them.
    int days = table.equals(Tables.REJECTED_EVENTS) ? settings.rejectedRetentionDays() : 0;
    List<Long> dead =
        dead(
            "SELECT toUInt64OrZero(extract(partition, ',(\\\\d+)\\\\)$')) AS candidate FROM"
                + " system.parts WHERE active AND database = 'store' AND table = '"
                + name
                + "'",
            days,
            settings.keepLoads());
    int dropped = 0;
    for (long loadId : dead) {
      for (LocalDate date : dates(table, loadId)) {
        server.execute(
            "ALTER TABLE " + table.physical() + " DROP PARTITION ('" + date + "', " + loadId + ")");
        dropped++;
      }
    }
    return dropped;
  }

  private List<LocalDate> dates(Table table, long loadId) {
    return server
        .rows(
            "SELECT DISTINCT event_date FROM "
                + table.physical()
                + " WHERE load_id = {load:UInt64}",
            Map.of("load", loadId))
        .stream()
        .map(row -> row.getLocalDate("event_date"))
        .toList();
  }

  private List<Long> dead(String candidates, int leastDays, int keep) {
    String sql =
        "SELECT toInt64(candidate) AS load_id FROM ("
            + DEAD.formatted(candidates, LoadLog.HELD)
            // A number that no clock gave is not a load's: raw_events_2024 is somebody else's
            // table.
            + ") WHERE snowflakeIDToDateTime64(candidate) BETWEEN toDateTime64('2020-01-01', 3) AND"
            + " now64(3) - toIntervalDay({days:UInt32})";
    return server
        .rows(
            sql,
            Map.of(
                "keep", keep,
                "grace", settings.sweepGraceMinutes(),
                "days", leastDays))
        .stream()
        .map(row -> row.getLong("load_id"))
        .toList();
  }
}
