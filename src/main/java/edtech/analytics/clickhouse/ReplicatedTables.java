package edtech.analytics.clickhouse;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The tables of one server whose rows other servers may hold, too. */
final class ReplicatedTables {
  /** How long a server may take to get rows that its replicas have. */
  private static final String CATCH_UP_SECONDS = "60";

  private final ClickHouse server;
  private final Map<String, Boolean> known = new ConcurrentHashMap<>();

  ReplicatedTables(ClickHouse server) {
    this.server = server;
  }

  /** Whether it is one; asked once. */
  boolean contains(String table) {
    return known.computeIfAbsent(
        table,
        name ->
            server.number(
                    """
                    SELECT count() FROM system.tables
                    WHERE database || '.' || name = {table:String} AND engine LIKE 'Replicated%'
                    """,
                    Map.of("table", name))
                > 0);
  }

  void catchUp(String table) {
    if (!contains(table)) {
      return;
    }
    try {
      server.execute(
          "SYSTEM SYNC REPLICA " + table + " LIGHTWEIGHT", "receive_timeout", CATCH_UP_SECONDS);
    } catch (ClickHouseException e) {
      throw new ClickHouseException(
          e.getMessage()
              + "; where it timed out, another replica has taken rows of "
              + table
              + " that this one cannot get: start that replica, then run this again",
          e);
    }
  }
}
