package edtech.analytics.clickhouse;

import edtech.analytics.model.SqlFile;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The tables and views on the server, one DDL file each in {@code resources/clickhouse/}. A file
 * starts with the table as it was made first; what is added later follows in the same file as
 * {@code ALTER TABLE … ADD COLUMN IF NOT EXISTS}, and raises {@link #VERSION}. So every file can be
 * applied to any older state, any number of times.
 */
public final class Schema {
  /** Raised with every change of a DDL file. */
  static final int VERSION = 1;

  private static final List<String> DATABASES =
      List.of("store", "stage", "ops", "raw", "staging", "marts");
  private static final List<String> OPS =
      List.of("schema_versions", "publications", "load_log", "loads", "load_objects");

  private final ClickHouse server;

  public Schema(ClickHouse server) {
    this.server = server;
  }

  /**
   * Brings the server to this job's schema. Needs an administrator.
   *
   * @throws ClickHouseException when the server is too old or its schema newer than the job
   */
  public void apply(String jobVersion) {
    requireSnapshots();
    DATABASES.forEach(name -> server.execute("CREATE DATABASE IF NOT EXISTS " + name));
    OPS.forEach(name -> run("/clickhouse/ops/" + name + ".sql"));
    int found = version();
    if (found > VERSION) {
      throw newer(found);
    }
    for (Table table : Tables.PUBLISHED) {
      run("/clickhouse/store/" + table.database() + "_" + table.name() + ".sql");
      server.execute(view(table));
    }
    run("/clickhouse/ops/rejected_events.sql");
    if (found < VERSION) {
      server.execute(
          "INSERT INTO ops.schema_versions (version, job_version) VALUES ({version:UInt32},"
              + " {job:String})",
          Map.of("version", VERSION, "job", jobVersion));
    }
  }

  /**
   * Refuses to work on tables of another version.
   *
   * @throws ClickHouseException that says which side to bring up to date
   */
  public void requireCurrent() {
    long exists =
        server.number(
            "SELECT count() FROM system.tables WHERE database = 'ops' AND name = 'schema_versions'",
            Map.of());
    int found = exists == 0 ? 0 : version();
    if (found > VERSION) {
      throw newer(found);
    }
    if (found < VERSION) {
      throw new ClickHouseException(
          found == 0
              ? "ClickHouse has none of the job's tables, or shows this user none: run init as an"
                  + " administrator, and conf/clickhouse/grants/loader.sql for the user that loads"
              : "ClickHouse has schema version "
                  + found
                  + ", this job needs "
                  + VERSION
                  + ": run init as an administrator");
    }
  }

  private int version() {
    return (int) server.number("SELECT max(version) FROM ops.schema_versions", Map.of());
  }

  private static ClickHouseException newer(int found) {
    return new ClickHouseException(
        "ClickHouse has schema version "
            + found
            + ", this job knows "
            + VERSION
            + ": use the job jar of the newer release");
  }

  private void requireSnapshots() {
    long known =
        server.number(
            "SELECT count() FROM system.settings WHERE name ="
                + " 'enable_shared_storage_snapshot_in_query' AND value = '1'",
            Map.of());
    if (known == 0) {
      throw new ClickHouseException(
          "the server does not read one snapshot per query"
              + " (enable_shared_storage_snapshot_in_query = 1): use ClickHouse 25.12 or later with"
              + " that setting on");
    }
  }

  /**
   * The published rows of a table: of each day those of the load with the highest seq. Read with
   * the rights of who asks: a DEFINER view has a context and so a snapshot of its own, and a query
   * over several such views sees several states (measured on 26.9: 43 to 147 mixes in 150 polls,
   * with INVOKER none).
   */
  private String view(Table table) {
    String columns =
        server
            .rows(
                "SELECT name FROM system.columns WHERE database = 'store' AND table ="
                    + " {table:String} AND name NOT IN ('load_id', '_task') ORDER BY position",
                Map.of("table", table.database() + "_" + table.name()))
            .stream()
            .map(row -> row.getString("name"))
            .collect(Collectors.joining(", "));
    return "CREATE OR REPLACE VIEW "
        + table.logical()
        + " SQL SECURITY INVOKER AS SELECT "
        + columns
        + " FROM "
        + table.physical()
        + " WHERE (event_date, load_id) IN (SELECT event_date, argMax(load_id, seq) FROM"
        + " ops.publications GROUP BY event_date)";
  }

  private void run(String resource) {
    Arrays.stream(SqlFile.read(resource).split(";\\s*(\\n|$)"))
        .filter(statement -> !statement.isBlank())
        .forEach(server::execute);
  }
}
