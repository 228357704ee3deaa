package edtech.analytics.clickhouse;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Chooses one of several replicas. */
public final class Servers {
  private static final String READ_ONLY =
      "SELECT count() FROM system.replicas WHERE is_readonly"
          + " AND database IN ('store', 'stage', 'ops')";

  private Servers() {}

  /**
   * The first server that answers and takes rows, in the order given; the only one is not asked.
   *
   * @throws ClickHouseException that says of each what is wrong with it
   */
  public static Connection first(List<Connection> servers) {
    if (servers.size() == 1) {
      return servers.get(0);
    }
    List<String> faults = new ArrayList<>();
    for (Connection server : servers) {
      try (ClickHouse asked = new ClickHouse(server.impatient())) {
        // Without its keeper, a replica answers but takes nothing.
        if (asked.number(READ_ONLY, Map.of()) == 0) {
          return server;
        }
        faults.add("ClickHouse at " + server + " is read-only: does it reach its keeper?");
      } catch (ClickHouseException e) {
        faults.add(e.getMessage());
      }
    }
    throw new ClickHouseException(
        "none of the servers of clickhouse.url can be used: " + String.join("; ", faults));
  }
}
