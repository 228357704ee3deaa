package edtech.analytics.clickhouse.store;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.measure.MeasureNames;
import edtech.analytics.model.SqlFile;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The tables that one load fills, and their way into the store. Visible to nobody else. */
public final class Stage {
  /**
   * The server starts to merge a table's parts at this number. It is far below the server's limit
   * of parts, and above what a usual day has, so that merging waits until the day is published. As
   * many as the server merges at once: fewer, and rows of a large day are merged twice.
   */
  private static final int PARTS_TO_MERGE = 100;

  private static final Pattern LOGICAL_NAME = Pattern.compile("\\b(raw|staging|marts)\\.(\\w+)");

  private final ClickHouse server;
  private final LocalDate date;
  private final long loadId;

  public Stage(ClickHouse server, LocalDate date, long loadId) {
    this.server = server;
    this.date = date;
    this.loadId = loadId;
  }

  /** Makes the load's empty table of the same form as the store's. */
  public void create(Table table) {
    server.execute("CREATE TABLE IF NOT EXISTS " + table.stage(loadId) + " AS " + table.physical());
    server.execute(
        String.format(
            Locale.ROOT,
            "ALTER TABLE %s MODIFY SETTING min_parts_to_merge_at_once = %s",
            table.stage(loadId),
            PARTS_TO_MERGE));
  }

  /** Rows that the load has staged. */
  public long staged(Table table) {
    return server.number("SELECT count() FROM " + table.stage(loadId), Map.of());
  }

  /**
   * Whether two rows of a table have one event id. Compares hashes of 64 bits, so a false alarm is
   * very unlikely. Takes at most a gigabyte of memory.
   */
  public boolean holdsIdTwice(Table table) {
    return server.number(
            String.format(
                Locale.ROOT,
                """
                SELECT count()
                FROM (SELECT 1 FROM %s GROUP BY sipHash64(event_id) HAVING count() > 1 LIMIT 1)
                SETTINGS max_bytes_before_external_group_by = 1000000000
                """,
                table.stage(loadId)),
            Map.of())
        > 0;
  }

  /** How many starts and completions the staged lessons have, by the name of the column. */
  public Map<String, Long> lessonEvents() {
    return server
        .rows(
            """
            SELECT counted.1 AS name, counted.2 AS n FROM
            (
                SELECT arrayJoin([
                    ('starts', toInt64(sum(starts))), ('completions', toInt64(sum(completions)))
                ]) AS counted
                FROM\s"""
                + Tables.USER_LESSONS.stage(loadId)
                + ")",
            Map.of())
        .stream()
        .collect(toMap(row -> row.getString("name"), row -> row.getLong("n")));
  }

  /** Accepted events that are of another day in UTC. */
  public long eventsOfOtherDaysInUtc() {
    return server.number(
        String.format(
            Locale.ROOT,
            "SELECT count() FROM %s WHERE toDate(event_timestamp, 'UTC') != event_date",
            Tables.EVENTS.stage(loadId)),
        Map.of());
  }

  /** Removes what was staged. */
  public void empty(Table table) {
    server.execute("TRUNCATE TABLE " + table.stage(loadId) + " SYNC");
  }

  /**
   * Which of the identities in {@code clickhouse/identities.sql} the staged rows break.
   *
   * @param names of the dimensions and metrics that the load knows
   * @param tables those that the load has
   */
  public List<String> brokenIdentities(MeasureNames names, List<Table> tables) {
    String sql =
        LOGICAL_NAME
            .matcher(SqlFile.read("/clickhouse/identities.sql"))
            .replaceAll(name -> new Table(name.group(1), name.group(2)).stage(loadId));
    return server
        .rows(
            sql,
            Map.of(
                "dimensions",
                list(names.dimensions()),
                "metrics",
                list(names.metrics()),
                "knows_lessons",
                tables.contains(Tables.USER_LESSONS)))
        .stream()
        .map(
            row ->
                row.getString("figure")
                    + " is "
                    + row.getString("found")
                    + ", "
                    + row.getString("counted")
                    + " is "
                    + row.getString("expected"))
        .toList();
  }

  /** As the value of a parameter; these names need no escapes. */
  private static String list(List<String> names) {
    return names.stream().map(name -> "'" + name + "'").collect(joining(",", "[", "]"));
  }

  /** Moves what was staged into the store, where it stays invisible until published. */
  public void move(Table table) {
    server.execute(
        String.format(
            Locale.ROOT,
            "ALTER TABLE %s MOVE PARTITION ('%s', %s) TO TABLE %s",
            table.stage(loadId),
            date,
            loadId,
            table.physical()));
  }

  /** Waits until this server has what its replicas hold of the store by now. */
  public void catchUp() {
    Tables.PUBLISHED.forEach(table -> server.catchUp(table.physical()));
  }

  /** Rows of the load that the store holds, by table. */
  public Map<Table, Long> stored() {
    String counts =
        Tables.PUBLISHED.stream()
            .map(
                table ->
                    String.format(
                        Locale.ROOT,
                        """
                        SELECT '%s' AS name, toInt64(count()) AS stored FROM %s
                        WHERE event_date = {date:Date} AND load_id = {load:UInt64}
                        """,
                        table,
                        table.physical()))
            .collect(joining("UNION ALL\n"));
    Map<String, Long> byName = new HashMap<>();
    server
        .rows(counts, Map.of("date", date.toString(), "load", loadId))
        .forEach(row -> byName.put(row.getString("name"), row.getLong("stored")));
    return Tables.PUBLISHED.stream()
        .collect(toMap(identity(), table -> byName.getOrDefault(table.logical(), 0L)));
  }

  /** Drops the load's tables with all they hold. Where one cannot be dropped, others may stay. */
  public void drop() {
    server.execute(
        "DROP TABLE IF EXISTS "
            + Tables.PUBLISHED.stream().map(table -> table.stage(loadId)).collect(joining(", "))
            + " SYNC");
  }
}
