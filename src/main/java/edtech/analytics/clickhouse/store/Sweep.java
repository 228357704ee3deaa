package edtech.analytics.clickhouse.store;

import static java.util.stream.Collectors.joining;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.config.Settings;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Drops what nobody can see any more, after a grace period: stage tables of loads that are over,
 * and partitions of loads that are neither published, nor kept for a rollback, nor running. Two
 * sweeps at once, or one cut off half-way, do no harm.
 *
 * <p>A load that some replica still shows is kept. A replica that is away may show any load that
 * was ever published when it comes back, so those are kept until then.
 */
public final class Sweep {
  /**
   * What a sweep dropped.
   *
   * @param away replicas for which loads that they may still show were kept
   */
  public record Result(int stageTables, int partitions, Set<String> away) {
    /** Why loads were kept, in one line. */
    public String kept() {
      return "replicas are away ("
          + String.join(", ", away)
          + "): loads that they may still show are kept until a sweep finds them back";
    }
  }

  /**
   * Loads that may be dropped: known to be over, or unknown and started longer ago than a load that
   * still lives could have gone without a heartbeat. Publications of the last keep-loads loads of a
   * day are kept, and the load that is held to be released; so is every load that ended, or was
   * replaced in view, within the grace period.
   */
  private static final String DEAD =
      """
      SELECT name, event_date, toInt64(candidate) AS load_id FROM (%s)
      WHERE candidate NOT IN (
          SELECT load_id FROM (
              SELECT event_date, load_id FROM ops.publications
              WHERE load_id != 0 -- a withdrawal, which is no load to be kept
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
        AND candidate NOT IN {shown:Array(UInt64)}
        AND ({away:Bool} = 0 OR candidate NOT IN (SELECT load_id FROM ops.publications))
        AND snowflakeIDToDateTime64(candidate) < now64(3) - toIntervalMinute({grace:UInt32})
        AND (candidate IN (SELECT load_id FROM ops.loads)
          OR snowflakeIDToDateTime64(candidate) < now64(3) - INTERVAL 1 DAY)
        -- A number that no clock could give is no load id: raw_events_2024 is somebody else's table.
        AND snowflakeIDToDateTime64(candidate) BETWEEN toDateTime64('2020-01-01', 3)
          AND now64(3) - toIntervalDay(if(name = {rejected:String}, {days:UInt32}, 0))
        AND ({load:UInt64} = 0 OR candidate = {load:UInt64})
      """;

  /** Tables that a load has filled, of no day. */
  private static final String STAGED =
      """
      SELECT 'stage.' || t.name AS name, '' AS event_date,
          toUInt64OrZero(extract(t.name, '_(\\d+)$')) AS candidate
      FROM system.tables AS t
      WHERE database = 'stage'
        AND 'store.' || replaceRegexpOne(t.name, '_\\d+$', '') IN {tables:Array(String)}
      """;

  private static final String STORED =
      """
      SELECT DISTINCT 'store.' || replaceOne(table_name, '.', '_') AS name,
          toString(event_date) AS event_date, load_id AS candidate
      FROM ops.stored_parts
      WHERE name IN {tables:Array(String)}
      """;

  /** Nobody reads a stage table through what is shown. */
  private static final Replicas.Shown NOT_SHOWN =
      new Replicas.Shown(new TreeMap<>(), Set.of(), Set.of());

  /** 0 is never a load id, so it matches no load. */
  private static final long ANY = 0;

  /**
   * @param name with its database
   * @param date '' of a stage table
   */
  private record Dead(String name, String date, long loadId) {}

  private final ClickHouse server;
  private final Replicas replicas;
  private final Settings.Publication settings;

  public Sweep(ClickHouse server, Replicas replicas, Settings.Publication settings) {
    this.server = server;
    this.replicas = replicas;
    this.settings = settings;
  }

  /** Drops; returns how much. */
  public Result run() {
    // A driver killed after it published leaves the stage of a load that is kept.
    List<Dead> stages = dead(STAGED, 0, ANY, NOT_SHOWN);
    stages.forEach(dead -> server.execute("DROP TABLE IF EXISTS " + dead.name() + " SYNC"));
    int partitions = 0;
    Replicas.Shown shown = replicas.shown(settings.sweepGraceMinutes());
    Set<String> away = new TreeSet<>(shown.away());
    List<Dead> stored = dead(STORED, settings.keepLoads(), ANY, shown);
    for (long load : stored.stream().map(Dead::loadId).distinct().toList()) {
      // Asked once more, as a rollback may show it again while others are dropped.
      Replicas.Shown now = replicas.shown(settings.sweepGraceMinutes());
      away.addAll(now.away());
      List<Dead> still = dead(STORED, settings.keepLoads(), load, now);
      still.forEach(this::dropPartition);
      partitions += still.size();
    }
    return new Result(stages.size(), partitions, away);
  }

  private void dropPartition(Dead dead) {
    server.execute(
        String.format(
            Locale.ROOT,
            "ALTER TABLE %s DROP PARTITION ('%s', %s)",
            dead.name(),
            dead.date(),
            dead.loadId()));
  }

  /**
   * @param load the only one to look at; {@link #ANY} = all
   */
  private List<Dead> dead(String candidates, int keep, long load, Replicas.Shown shown) {
    server.catchUp(Publications.TABLE);
    server.catchUp(LoadLog.TABLE);
    List<String> tables = Tables.PUBLISHED.stream().map(Table::physical).toList();
    return server
        .rows(
            String.format(Locale.ROOT, DEAD, candidates, LoadLog.HELD),
            Map.of(
                "tables", tables.stream().collect(joining("','", "['", "']")),
                "shown", shown.loads().toString(),
                "away", !shown.away().isEmpty(),
                "keep", keep,
                "grace", settings.sweepGraceMinutes(),
                "load", load,
                // Rejected lines are kept longer: somebody has to look at them.
                "rejected", Tables.REJECTED_EVENTS.physical(),
                "days", settings.rejectedRetentionDays()))
        .stream()
        .map(
            row ->
                new Dead(
                    row.getString("name"), row.getString("event_date"), row.getLong("load_id")))
        .toList();
  }
}
