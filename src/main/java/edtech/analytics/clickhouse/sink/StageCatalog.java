package edtech.analytics.clickhouse.sink;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.Connection;
import edtech.analytics.config.Secret;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableCatalog;
import org.apache.spark.sql.connector.catalog.TableChange;
import org.apache.spark.sql.connector.expressions.Transform;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/**
 * Spark catalog of ClickHouse tables that can be appended to and read, nothing else: {@code
 * frame.writeTo("clickhouse.stage.raw_events_1").append()}. Tables are made by the job, not by
 * Spark. Stands where the official connector's catalog can stand.
 *
 * <p>Options, each as {@code spark.sql.catalog.<name>.<option>}:
 *
 * <ul>
 *   <li>{@code url}, {@code user}: the server.
 *   <li>{@code secret}: where the password is, as in the settings; never the password.
 *   <li>{@code connect-timeout}, {@code request-timeout}: seconds; {@code retries}.
 *   <li>{@code batch-rows}, {@code batch-bytes}: the size of one insert.
 * </ul>
 */
public final class StageCatalog implements TableCatalog {
  /**
   * Write option, and column that it fills: the load that writes. Not a column of the rows, where
   * its value would stand in the code that Spark generates and compiles for every query.
   */
  public static final String LOAD_ID = "load_id";

  /** Filled by the writer, so hidden from queries: which task attempt wrote the row. */
  static final String TASK_COLUMN = "_task";

  private static final Set<String> FILLED = Set.of(LOAD_ID, TASK_COLUMN);

  private String name;
  private Connection connection;
  private BatchLimit limit;

  @Override
  public void initialize(String catalogName, CaseInsensitiveStringMap options) {
    name = catalogName;
    connection =
        new Connection(
            options.get("url"),
            options.get("user"),
            new Secret(options.getOrDefault("secret", "")).resolve(System.getenv()),
            options.getInt("connect-timeout", 10),
            options.getInt("request-timeout", 300),
            options.getInt("retries", 3));
    limit =
        new BatchLimit(
            options.getInt("batch-rows", 300_000), options.getInt("batch-bytes", 64 << 20));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Table loadTable(Identifier id) throws NoSuchTableException {
    try (ClickHouse server = new ClickHouse(connection)) {
      return table(server, id);
    }
  }

  Connection connection() {
    return connection;
  }

  /** The table, as a server at the other end of {@link #connection} has it. */
  StageTable table(ClickHouse server, Identifier id) throws NoSuchTableException {
    String database = id.namespace().length == 1 ? id.namespace()[0] : "";
    List<StageColumn> columns =
        server
            .rows(
                """
                SELECT name, type FROM system.columns
                WHERE database = {database:String} AND table = {table:String}
                ORDER BY position
                """,
                Map.of("database", database, "table", id.name()))
            .stream()
            .filter(row -> !FILLED.contains(row.getString("name")))
            .map(row -> StageColumn.of(row.getString("name"), row.getString("type")))
            .toList();
    if (columns.isEmpty()) {
      throw new NoSuchTableException(id);
    }
    return new StageTable(database + "." + id.name(), columns, connection, limit);
  }

  @Override
  public Identifier[] listTables(String[] namespace) {
    return new Identifier[0];
  }

  @Override
  public Table createTable(
      Identifier id, StructType schema, Transform[] partitions, Map<String, String> properties) {
    throw new UnsupportedOperationException("tables are created by init, not through Spark");
  }

  @Override
  public Table alterTable(Identifier id, TableChange... changes) {
    throw new UnsupportedOperationException("tables are changed by init, not through Spark");
  }

  @Override
  public boolean dropTable(Identifier id) {
    throw new UnsupportedOperationException("tables are dropped by sweep, not through Spark");
  }

  @Override
  public void renameTable(Identifier from, Identifier to) {
    throw new UnsupportedOperationException("tables are not renamed");
  }
}
