package edtech.analytics.clickhouse.store;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.model.SqlFile;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tables and views on the server, one DDL file each in {@code resources/clickhouse/}. A file
 * starts with the table as it was made first; what is added later follows in the same file as
 * {@code ALTER TABLE … ADD COLUMN IF NOT EXISTS}. So every file can be applied to any older state,
 * any number of times.
 */
public final class Schema {
  /**
   * Which rows are visible: of each day, those of the load with the highest seq. Also the condition
   * of {@code conf/clickhouse/row_policies.sql}. {@code ops.publications} stands for what this
   * server shows ({@link Replication#visible}).
   */
  static final String PUBLISHED =
      """
      (event_date, load_id) IN \
      (SELECT event_date, argMax(load_id, seq) FROM ops.publications GROUP BY event_date)""";

  /**
   * Read with the rights of who asks: a DEFINER view has a context and so a snapshot of its own,
   * and a query over several such views sees several states (measured on 26.9: 43 to 147 mixes in
   * 150 polls, with INVOKER none).
   *
   * <p>A query takes the snapshots of its tables one after the other. The first part has no rows:
   * it is there for ops.publications to come before the store, so that a load that is seen as
   * published is seen with all of its rows.
   */
  private static final String VIEW =
      """
      CREATE OR REPLACE VIEW %s SQL SECURITY INVOKER AS
      SELECT %s FROM ops.publications WHERE false
      UNION ALL
      SELECT %s FROM %s WHERE\s"""
          + PUBLISHED;

  private static final List<String> DATABASES =
      List.of("store", "stage", "ops", "raw", "staging", "marts", "runs");

  /** What only servers with replicas have. */
  private static final List<String> SHOWN =
      List.of("/clickhouse/ops/shown.sql", "/clickhouse/ops/shown_runs.sql");

  private static final String VERSIONS = "/clickhouse/ops/schema_versions.sql";

  /** In an order in which each finds what it refers to. */
  private static final List<String> FILES =
      Stream.of(
              Stream.of(VERSIONS),
              Stream.of(
                      "publications",
                      "load_log",
                      "loads",
                      "load_objects",
                      "erased_users",
                      "erasures")
                  .map(name -> "/clickhouse/ops/" + name + ".sql"),
              Tables.PUBLISHED.stream().map(Table::ddl),
              Stream.of("rejected_events", "stored_parts", "table_sizes", "dbt_runs", "mart_runs")
                  .map(name -> "/clickhouse/ops/" + name + ".sql"))
          .flatMap(files -> files)
          .toList();

  /** The number of DDL statements, which only ever grows: a higher one is a newer schema. */
  static final int VERSION = (int) all().count();

  /** Differs between schemas of the same number of statements. */
  static final String FORM =
      UUID.nameUUIDFromBytes(
              Stream.concat(Stream.of(VIEW), all())
                  .collect(Collectors.joining(";"))
                  .getBytes(StandardCharsets.UTF_8))
          .toString();

  private final ClickHouse server;

  public Schema(ClickHouse server) {
    this.server = server;
  }

  /**
   * Makes the databases that are not there, on one of the replicas that are to hold them. Needs an
   * administrator.
   *
   * @param cluster part of the path in the keeper where the replicas meet; shard and replica are
   *     those of the server's macros
   * @throws ClickHouseException when a database is there that has no replicas
   */
  public void createReplicatedDatabases(String cluster) {
    for (String name : DATABASES) {
      server.execute(
          String.format(
              Locale.ROOT,
              """
              CREATE DATABASE IF NOT EXISTS %s
              ENGINE = Replicated('/clickhouse/%s/databases/%s', '{shard}', '{replica}')
              """,
              name,
              cluster,
              name));
    }
    Replication.require(server, DATABASES);
  }

  /**
   * Brings the server to this job's schema; replicas take it from each other. Needs an
   * administrator.
   *
   * @throws ClickHouseException when the server is too old or its schema newer than the job
   */
  public void apply(String jobVersion) {
    requireSnapshots();
    requireNotNewer(version());
    DATABASES.forEach(name -> server.execute("CREATE DATABASE IF NOT EXISTS " + name));
    Replication replication = new Replication(server.replicatedTables().areThere());
    if (replication.isOn()) {
      Replication.require(server, DATABASES);
    }
    FILES.stream().flatMap(Schema::statements).map(replication::ddl).forEach(server::execute);
    if (replication.isOn()) {
      SHOWN.stream().flatMap(Schema::statements).forEach(server::execute);
    }
    Tables.PUBLISHED.forEach(table -> server.execute(view(table, replication)));
    if (version() < VERSION || !form().equals(FORM)) {
      server.execute(
          """
          INSERT INTO ops.schema_versions (version, form, job_version)
          VALUES ({version:UInt32}, {form:String}, {job:String})
          """,
          Map.of("version", VERSION, "form", FORM, "job", jobVersion));
    }
  }

  /**
   * Refuses to work on tables of another version.
   *
   * @throws ClickHouseException that says which side to bring up to date
   */
  public void requireCurrent() {
    int found = version();
    requireNotNewer(found);
    if (found == 0) {
      throw new ClickHouseException(
          "ClickHouse has none of the job's tables, or shows this user none: run init as an"
              + " administrator, and conf/clickhouse/grants/loader.sql for the user that loads");
    }
    if (found < VERSION) {
      throw new ClickHouseException(
          "ClickHouse has schema version "
              + found
              + ", this job needs "
              + VERSION
              + ": run init as an administrator");
    }
    if (!form().equals(FORM)) {
      throw new ClickHouseException(
          "ClickHouse has schema version "
              + found
              + " in another form than this job's: run init as an administrator, with the job jar"
              + " that is to load");
    }
  }

  /** What was applied last; 0 = nothing yet. */
  private int version() {
    long exists =
        server.number(
            "SELECT count() FROM system.tables WHERE database = 'ops' AND name = 'schema_versions'",
            Map.of());
    if (exists == 0) {
      return 0;
    }
    server.catchUp("ops.schema_versions");
    return (int) server.number("SELECT max(version) FROM ops.schema_versions", Map.of());
  }

  private String form() {
    return server
        .rows(
            """
            SELECT argMax(form, applied_at) AS form FROM ops.schema_versions
            WHERE version = {version:UInt32}
            """,
            Map.of("version", VERSION))
        .stream()
        .findFirst()
        .map(row -> row.getString("form"))
        .orElse("");
  }

  private static void requireNotNewer(int found) {
    if (found > VERSION) {
      throw new ClickHouseException(
          "ClickHouse has schema version "
              + found
              + ", this job knows "
              + VERSION
              + ": use the job jar of the newer release");
    }
  }

  private void requireSnapshots() {
    long known =
        server.number(
            """
            SELECT count() FROM system.settings
            WHERE name = 'enable_shared_storage_snapshot_in_query' AND value = '1'
            """,
            Map.of());
    if (known == 0) {
      throw new ClickHouseException(
          "the server does not read one snapshot per query"
              + " (enable_shared_storage_snapshot_in_query = 1): use ClickHouse 25.12 or later with"
              + " that setting on");
    }
  }

  /** The published rows of a table, without what only the job needs. */
  private String view(Table table, Replication replication) {
    Map<String, String> types = new LinkedHashMap<>();
    server
        .rows(
            """
            SELECT name, type FROM system.columns
            WHERE database || '.' || table = {table:String} AND name NOT IN ('load_id', '_task')
            ORDER BY position
            """,
            Map.of("table", table.physical()))
        .forEach(row -> types.put(row.getString("name"), row.getString("type")));
    String nothing =
        types.entrySet().stream()
            .map(
                column ->
                    "defaultValueOfTypeName('"
                        + column.getValue().replace("'", "\\'")
                        + "') AS "
                        + column.getKey())
            .collect(Collectors.joining(", "));
    return String.format(
            Locale.ROOT,
            VIEW,
            table.logical(),
            nothing,
            String.join(", ", types.keySet()),
            table.physical())
        .replace("ops.publications", replication.visible());
  }

  private static Stream<String> all() {
    return Stream.concat(FILES.stream(), SHOWN.stream()).flatMap(Schema::statements);
  }

  private static Stream<String> statements(String file) {
    return Arrays.stream(SqlFile.read(file).split(";\\s*(\\n|$)"))
        .filter(statement -> !statement.isBlank());
  }
}
