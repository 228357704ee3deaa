package edtech.analytics.clickhouse;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The tables of one server whose rows other servers may hold, too. */
public final class ReplicatedTables {
  /** The engine of a database whose tables are on several replicas. */
  public static final String DATABASE_ENGINE = "Replicated";

  /** How long a server may take to get rows that its replicas have. */
  private static final long PATIENCE_SECONDS = 60;

  private final ClickHouse server;
  private final int tries;
  private final Set<String> behind = ConcurrentHashMap.newKeySet();
  private volatile Boolean areThere;

  /** Until when to wait for all tables together, in nanoseconds; null = a minute for each. */
  private volatile Long end;

  /**
   * @param tries how often a statement is sent to the server; also one that took too long there
   */
  ReplicatedTables(ClickHouse server, int tries) {
    this.server = server;
    this.tries = tries;
  }

  /**
   * Whether the store is on several replicas. The engine of its database decides, here and in dbt's
   * {@code is_replicated}, for all tables of the job; a server without that database has none.
   */
  public boolean areThere() {
    if (areThere == null) {
      String engine = "SELECT engine FROM system.databases WHERE name = 'store'";
      // Asked again while there is no store: init makes it.
      server.rows(engine).stream()
          .findFirst()
          .ifPresent(row -> areThere = row.getString("engine").equals(DATABASE_ENGINE));
    }
    return areThere != null && areThere;
  }

  /**
   * From here on a table is read as it is when this server does not have it up to date in time: for
   * who reports, and decides nothing.
   *
   * @param seconds for all tables together, and at least one for each
   */
  public void tolerateLag(int seconds) {
    end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
  }

  /** Of each table that was read as it is, what is known of the rows that it lacks. */
  public Set<String> behind() {
    return new TreeSet<>(behind);
  }

  void catchUp(String table) {
    if (!areThere()) {
      return;
    }
    try {
      server.execute(
          "SYSTEM SYNC REPLICA " + table + " LIGHTWEIGHT", "receive_timeout", patience());
    } catch (ClickHouseException e) {
      boolean isTooLate = e.getMessage().contains("TIMEOUT_EXCEEDED");
      if (end != null) {
        behind.add(isTooLate ? lacking(table) : table + " may lack rows: " + e.getMessage());
      } else if (isTooLate) {
        throw new ClickHouseException(
            e.getMessage() + "; " + lacking(table) + ": start what is away, then run this again",
            e);
      } else {
        throw e;
      }
    }
  }

  /** Seconds of one try. */
  private String patience() {
    long seconds =
        end == null ? PATIENCE_SECONDS : TimeUnit.NANOSECONDS.toSeconds(end - System.nanoTime());
    return String.valueOf(Math.max(1, seconds / tries));
  }

  private String lacking(String table) {
    Set<String> sources = sources(table);
    return table
        + " lacks rows that "
        + (sources.isEmpty() ? "another replica" : "replica " + String.join(", ", sources))
        + " has taken";
  }

  /** The replicas that have taken rows which this server waits for; none where that is unknown. */
  private Set<String> sources(String table) {
    try {
      return server
          .rows(
              """
              SELECT DISTINCT source_replica FROM system.replication_queue
              WHERE database || '.' || table = {table:String} AND source_replica != ''
              """,
              Map.of("table", table))
          .stream()
          .map(row -> row.getString("source_replica"))
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (ClickHouseException unknown) {
      return new TreeSet<>();
    }
  }
}
