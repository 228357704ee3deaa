package edtech.analytics.clickhouse.store;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.clickhouse.ReplicatedTables;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What several replicas make of the DDL files. A database of the engine {@code Replicated} gives
 * every replica the same tables; that their rows are the same, too, is up to the engine of each
 * table.
 *
 * @param isOn whether the databases are those of several replicas
 */
record Replication(boolean isOn) {

  /**
   * Requires that databases are made for replicas.
   *
   * @throws ClickHouseException that names one that is not
   */
  static void require(ClickHouse server, List<String> databases) {
    server
        .rows(
            """
            SELECT name, engine FROM system.databases
            WHERE name IN {names:Array(String)} AND engine != {engine:String}
            LIMIT 1
            """,
            Map.of(
                "names",
                databases.stream().collect(Collectors.joining("', '", "['", "']")),
                "engine",
                ReplicatedTables.DATABASE_ENGINE))
        .forEach(
            row -> {
              throw new ClickHouseException(
                  "the store is to have replicas, but the database "
                      + row.getString("name")
                      + " has none (its engine is "
                      + row.getString("engine")
                      + "): make it with the engine Replicated, by init with clickhouse.cluster, once it"
                      + " is out of the way; for a store on one server leave that setting out"
                      + " (docs/cluster.md)");
            });
  }

  /** The table that says which loads readers of this server see. */
  String visible() {
    return isOn ? "ops.shown" : "ops.publications";
  }

  /** A statement of a DDL file, for tables of which each replica has all rows. */
  String ddl(String statement) {
    return isOn
        ? statement
            .replaceAll("ENGINE = (\\w*)MergeTree", "ENGINE = Replicated$1MergeTree")
            .replace("non_replicated_deduplication_window", "replicated_deduplication_window")
        : statement;
  }
}
