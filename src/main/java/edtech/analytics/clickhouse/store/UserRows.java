package edtech.analytics.clickhouse.store;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.measure.MeasureNames;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import edtech.analytics.source.Mapping;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Finds the rows of one user in {@code store} and {@code stage}, copies loads without them, and
 * drops loads. The id goes to the server as a bound value only: a mutation would leave it in {@code
 * system.mutations}, so rows are never deleted one by one.
 */
public final class UserRows {
  /** A load of a day, the oldest day first. */
  public record StoredLoad(LocalDate date, long loadId) implements Comparable<StoredLoad> {
    @Override
    public int compareTo(StoredLoad other) {
      return Comparator.comparing(StoredLoad::date)
          .thenComparingLong(StoredLoad::loadId)
          .compare(this, other);
    }
  }

  private final ClickHouse server;
  private final LinesOfUser rejected;
  private final Map<String, Object> user;

  /**
   * The rows of a user.
   *
   * @param mapping how lines are read, which says where a rejected line may have the id
   */
  public UserRows(ClickHouse server, String userId, Mapping mapping) {
    this.server = server;
    this.rejected = LinesOfUser.of(userId, mapping);
    this.user = rejected.parameters();
  }

  /** Whether the table's rows are some user's, so that a day of it can be copied without one. */
  public boolean isByUser(Table table) {
    return server.number(
            """
            SELECT count() FROM system.columns
            WHERE database || '.' || table = {table:String} AND name = 'user_id'
            """,
            Map.of("table", table.physical()))
        > 0;
  }

  /** How many rows of the user each load has by logical table; only loads that have any. */
  public Map<StoredLoad, Map<String, Long>> stored() {
    Map<StoredLoad, Map<String, Long>> found = new TreeMap<>();
    for (Table table : searched()) {
      server.catchUp(table.physical());
      server
          .rows(
              String.format(
                  Locale.ROOT,
                  """
                  SELECT event_date, toInt64(load_id) AS load, toInt64(count()) AS n FROM %s
                  WHERE %s
                  GROUP BY event_date, load_id
                  """,
                  table.physical(),
                  isTheirs(table)),
              user)
          .forEach(
              row ->
                  found
                      .computeIfAbsent(
                          new StoredLoad(row.getLocalDate("event_date"), row.getLong("load")),
                          load -> new LinkedHashMap<>())
                      .put(table.logical(), row.getLong("n")));
    }
    return found;
  }

  /** The dimensions and metrics that a load has tables of; none of a load of before there were. */
  public MeasureNames measures(LocalDate date, long loadId) {
    return new MeasureNames(
        names(Tables.SEGMENTS, "dimension", date, loadId),
        names(Tables.METRICS, "metric", date, loadId));
  }

  private List<String> names(Table table, String column, LocalDate date, long loadId) {
    return server
        .rows(
            String.format(
                Locale.ROOT,
                """
                SELECT DISTINCT toString(%s) AS name FROM %s
                WHERE event_date = {date:Date} AND load_id = {load:UInt64}
                """,
                column,
                table.physical()),
            Map.of("date", date.toString(), "load", loadId))
        .stream()
        .map(row -> row.getString("name"))
        .toList();
  }

  /** Of a load's rejected lines, how many of each reason are the user's. */
  public Map<String, Long> rejectedByReason(LocalDate date, long loadId) {
    return server
        .rows(
            String.format(
                Locale.ROOT,
                """
                SELECT reason, toInt64(count()) AS n FROM %s
                WHERE event_date = {date:Date} AND load_id = {load:UInt64} AND %s
                GROUP BY reason
                """,
                Tables.REJECTED_EVENTS.physical(),
                isTheirs(Tables.REJECTED_EVENTS)),
            with(Map.of("date", date.toString(), "load", loadId)))
        .stream()
        .collect(Collectors.toMap(row -> row.getString("reason"), row -> row.getLong("n")));
  }

  /**
   * Copies a load's rows but the user's into the stage table of another load; of a table that is
   * empty. Sent twice, it gives too many rows: the caller counts them.
   */
  public void copyWithout(Table table, LocalDate date, long from, long into) {
    server.execute(
        // stored.load_id, as the new value has the column's name, too.
        String.format(
            Locale.ROOT,
            """
            INSERT INTO %s
            SELECT * REPLACE ({into:UInt64} AS load_id) FROM %s AS stored
            WHERE event_date = {date:Date} AND stored.load_id = {from:UInt64} AND NOT (%s)
            """,
            table.stage(into),
            table.physical(),
            isTheirs(table)),
        with(Map.of("date", date.toString(), "from", from, "into", into)));
  }

  /**
   * Stage tables that hold rows of the user, by name, with the load that made them: what a killed
   * load left, or one that runs.
   */
  public Map<String, Long> staged() {
    Map<String, Long> found = new TreeMap<>();
    for (Table table : searched()) {
      String prefix = table.stageName(0).replaceAll("0$", "");
      server
          .rows(
              """
              SELECT name, toInt64(toUInt64OrZero(substring(name, {from:UInt8}))) AS load
              FROM system.tables
              WHERE database = 'stage' AND startsWith(name, {prefix:String}) AND load > 0
              """,
              Map.of("prefix", prefix, "from", prefix.length() + 1))
          .forEach(
              row -> {
                long load = row.getLong("load");
                if (holdsUser(table, load)) {
                  found.put(table.stage(load), load);
                }
              });
    }
    return found;
  }

  /** Drops a load of a day from a table. */
  public void drop(Table table, StoredLoad load) {
    server.execute(
        String.format(
            Locale.ROOT,
            "ALTER TABLE %s DROP PARTITION ('%s', %s)",
            table.physical(),
            load.date(),
            load.loadId()));
  }

  /** Drops a stage table of a load that is over. */
  public void dropStage(String name) {
    server.execute("DROP TABLE IF EXISTS " + name + " SYNC");
  }

  private boolean holdsUser(Table table, long load) {
    try {
      server.catchUp(table.stage(load));
      return server.number(
              "SELECT count() FROM " + table.stage(load) + " WHERE " + isTheirs(table), user)
          > 0;
    } catch (ClickHouseException dropped) {
      if (exists(table.stage(load))) {
        throw dropped;
      }
      return false;
    }
  }

  private boolean exists(String name) {
    return server.number(
            "SELECT count() FROM system.tables WHERE database || '.' || name = {name:String}",
            Map.of("name", name))
        > 0;
  }

  private List<Table> searched() {
    List<Table> searched = new ArrayList<>();
    for (Table table : Tables.PUBLISHED) {
      if (table.equals(Tables.REJECTED_EVENTS) || isByUser(table)) {
        searched.add(table);
      }
    }
    return searched;
  }

  private String isTheirs(Table table) {
    return table.equals(Tables.REJECTED_EVENTS) ? rejected.condition() : "user_id = {user:String}";
  }

  private Map<String, Object> with(Map<String, Object> more) {
    Map<String, Object> all = new LinkedHashMap<>(user);
    all.putAll(more);
    return all;
  }
}
