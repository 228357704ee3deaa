package edtech.analytics.clickhouse.store;

import static java.util.stream.Collectors.joining;

import com.clickhouse.client.api.query.GenericRecord;
import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.input.SourceObject;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Writes the ledger: {@code ops.loads} and {@code ops.load_objects}. */
public final class LoadLog {
  static final String TABLE = "store.load_log";

  /** Minutes without a heartbeat after which a load is taken for dead; there is one a minute. */
  private static final int SILENT_MINUTES = 5;

  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /**
   * A load in a list of loads.
   *
   * @param startedAt 'YYYY-MM-DD hh:mm:ss' in UTC
   * @param error '' unless it failed
   */
  public record Entry(
      String startedAt,
      LocalDate date,
      LoadStatus status,
      long loadId,
      long accepted,
      long rejected,
      String error) {}

  /**
   * Loads that are held before their publication: of each day the newest one, unless the day shows
   * a newer one. Those of a day that is pinned have staged nothing.
   */
  static final String HELD =
      """
      SELECT held.load_id FROM (
          SELECT event_date, max(load_id) AS load_id FROM ops.loads
          WHERE status = 'held' AND length(mapKeys(rows_by_table)) > 0 GROUP BY event_date) AS held
      LEFT JOIN (SELECT event_date, max(seq) AS seq FROM ops.publications GROUP BY event_date)
          AS visible ON held.event_date = visible.event_date
      WHERE held.load_id > ifNull(visible.seq, 0)
      """;

  /** The loads that are visible of the days of {@code dates}. */
  private static final String VISIBLE =
      """
      (event_date, load_id) IN (
          SELECT event_date, argMax(load_id, seq) FROM ops.publications
          WHERE event_date IN {dates:Array(Date)}
          GROUP BY event_date)""";

  private final ClickHouse server;
  private final AtomicLong revision = new AtomicLong();

  public LoadLog(ClickHouse server) {
    this.server = server;
  }

  /** Writes the load as it stands now. A later call replaces an earlier one. */
  public void write(LoadRecord load) {
    write(load, Map.of());
  }

  /** Writes the load as it ended, with the seconds that each step took. */
  public synchronized void write(LoadRecord load, Map<String, Double> stepSeconds) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("load_id", load.loadId());
    row.put("revision", revision.incrementAndGet());
    row.put("event_date", load.date().toString());
    row.put("status", load.status().toString());
    row.put("source_uri", load.source().uri());
    row.put("source_objects", load.source().objects());
    row.put("source_bytes", load.source().bytes());
    row.put("source_fingerprint", load.source().fingerprint());
    putCounts(row, load.counts());
    row.put("rows_by_table", load.rowsByTable());
    row.put("started_at", MICROS.format(load.startedAt()));
    row.put("heartbeat_at", MICROS.format(Instant.now()));
    row.put("error", load.error());
    row.put("step_seconds", stepSeconds);
    row.put("job_version", load.jobVersion());
    server.insert(TABLE, List.of(row), "load/" + load.loadId() + "/" + revision);
  }

  /** Writes the counts of each object, once a load. */
  public void writeObjects(
      LoadRecord load, List<SourceObject> objects, Map<Integer, LineCounts> byNumber) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int number = 0; number < objects.size(); number++) {
      SourceObject object = objects.get(number);
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("load_id", load.loadId());
      row.put("event_date", load.date().toString());
      row.put("source_file", object.uri());
      row.put("source_bytes", object.bytes());
      row.put("source_version", object.version());
      putCounts(row, byNumber.getOrDefault(number, LineCounts.NONE));
      rows.add(row);
    }
    if (!rows.isEmpty()) {
      server.insert("ops.load_objects", rows, "objects/" + load.loadId());
    }
  }

  /** A load as the ledger has it; empty when it knows none of that number. */
  public Optional<LoadRecord> find(long loadId) {
    server.catchUp(TABLE);
    return server
        .rows(
            """
            SELECT *, toJSONString(rejected_by_reason) AS reasons,
                toJSONString(rows_by_table) AS tables, toUnixTimestamp64Micro(started_at) AS started
            FROM ops.loads
            WHERE load_id = {load:UInt64}
            """,
            Map.of("load", loadId))
        .stream()
        .findFirst()
        .map(LoadLog::load);
  }

  private static LoadRecord load(GenericRecord row) {
    return new LoadRecord(
        row.getLong("load_id"),
        row.getLocalDate("event_date"),
        LoadStatus.of(row.getString("status")),
        new LoadRecord.Source(
            row.getString("source_uri"),
            row.getInteger("source_objects"),
            row.getLong("source_bytes"),
            row.getString("source_fingerprint")),
        new LineCounts(
            row.getLong("lines_read"),
            row.getLong("blank_lines"),
            row.getLong("ignored"),
            row.getLong("accepted"),
            row.getLong("duplicates"),
            row.getLong("rejected"),
            row.getLong("other_day"),
            row.getLong("late"),
            JsonMap.counts(row.getString("reasons"))),
        JsonMap.counts(row.getString("tables")),
        Instant.EPOCH.plus(row.getLong("started"), ChronoUnit.MICROS),
        row.getString("error"),
        row.getString("job_version"));
  }

  /** The loads that wait for somebody to release them, by day. */
  public List<LoadRecord> held() {
    server.catchUp(TABLE);
    server.catchUp(Publications.TABLE);
    return server
        .rows("SELECT toInt64(load_id) AS load FROM ops.loads WHERE load_id IN (" + HELD + ")")
        .stream()
        .flatMap(row -> find(row.getLong("load")).stream())
        .sorted(Comparator.comparing(LoadRecord::date))
        .toList();
  }

  /** Changes the status of a load that has ended. */
  public void restate(long loadId, LoadStatus status) {
    server.execute(
        """
        INSERT INTO store.load_log
        SELECT * REPLACE (revision + 1 AS revision, {status:String} AS status, '' AS error,
            now64(6, 'UTC') AS heartbeat_at)
        FROM store.load_log FINAL
        WHERE load_id = {load:UInt64}
        """,
        Map.of("load", loadId, "status", status.toString()));
  }

  /**
   * Lines that are neither blank nor ignored in the visible load of each of these days; one number
   * per published day.
   */
  public List<Long> publishedLines(List<LocalDate> dates) {
    return server
        .rows(
            "SELECT toInt64(lines_read - blank_lines - ignored) AS lines FROM ops.loads WHERE "
                + VISIBLE,
            Map.of("dates", array(dates)))
        .stream()
        .map(row -> row.getLong("lines"))
        .toList();
  }

  /**
   * Whether the visible load of the day has lost so many lines as {@code outside_day}, or more than
   * this share of its lines; false when no load is visible.
   */
  public boolean isPublishedWithEventsOutside(LocalDate date, long lines, double share) {
    return server.number(
            "SELECT count() FROM ops.loads WHERE "
                + VISIBLE
                + " AND (rejected_by_reason['outside_day'] >= {lines:UInt64}"
                + " OR rejected_by_reason['outside_day']"
                + " > {share:Float64} * (lines_read - blank_lines - ignored))",
            Map.of("dates", array(List.of(date)), "lines", lines, "share", share))
        > 0;
  }

  private static String array(List<LocalDate> dates) {
    return dates.stream().map(date -> "'" + date + "'").collect(joining(",", "[", "]"));
  }

  /**
   * The loads that run and have not published, the oldest first: those with a heartbeat in the last
   * {@link #SILENT_MINUTES}. Their drivers' clocks do not matter: a load's number tells what the
   * server's clock showed when it started.
   */
  public List<Long> running() {
    server.catchUp(TABLE);
    return server
        .rows(
            """
            SELECT toInt64(load_id) AS load FROM store.load_log FINAL
            WHERE status = 'running'
              AND snowflakeIDToDateTime64(load_id)
                  + toIntervalSecond(dateDiff('second', started_at, heartbeat_at))
                  >= now64(3) - toIntervalMinute({silent:UInt32})
              AND load_id NOT IN (SELECT load_id FROM ops.publications)
            ORDER BY load
            """,
            Map.of("silent", SILENT_MINUTES))
        .stream()
        .map(row -> row.getLong("load"))
        .toList();
  }

  /** The loads that started last, the newest first. */
  public List<Entry> latest(long most) {
    return server
        .rows(
            """
            SELECT formatDateTime(started_at, '%F %T', 'UTC') AS started, event_date, status,
                toInt64(load_id) AS load_id, toInt64(accepted) AS accepted,
                toInt64(rejected) AS rejected, error
            FROM ops.loads
            ORDER BY started_at DESC
            LIMIT {most:UInt64}
            """,
            Map.of("most", most))
        .stream()
        .map(
            row ->
                new Entry(
                    row.getString("started"),
                    row.getLocalDate("event_date"),
                    LoadStatus.of(row.getString("status")),
                    row.getLong("load_id"),
                    row.getLong("accepted"),
                    row.getLong("rejected"),
                    row.getString("error")))
        .toList();
  }

  private static void putCounts(Map<String, Object> row, LineCounts counts) {
    row.put("lines_read", counts.linesRead());
    row.put("blank_lines", counts.blankLines());
    row.put("ignored", counts.ignored());
    row.put("accepted", counts.accepted());
    row.put("duplicates", counts.duplicates());
    row.put("rejected", counts.rejected());
    row.put("other_day", counts.otherDay());
    row.put("late", counts.late());
    row.put("rejected_by_reason", counts.rejectedByReason());
  }
}
