package edtech.analytics.clickhouse.sink;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.spark.Rows;
import edtech.analytics.spark.Sessions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.write.WriterCommitMessage;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructField;

/**
 * Appends several frames to stage tables in one Spark job: each task computes its partition of one
 * frame after the other, so that what the frames have in common is read once. Spark's own {@code
 * append} runs one job a frame. The same sink, the same promise: when it is over, each table holds
 * exactly the rows of its frame, or it has failed.
 *
 * <p>Frames of another number of partitions than the first are appended in jobs of their own, after
 * it.
 */
public final class OnePass implements AutoCloseable {
  private record Append(StageBatchWrite write, Rows rows) {}

  private final StageCatalog catalog;
  private final ClickHouse server;
  private final long loadId;
  private final List<Append> appends = new ArrayList<>();
  private final List<Rows> computed = new ArrayList<>();

  /**
   * @param catalog name of a {@link StageCatalog} in the session
   * @param loadId fills the column of that name
   */
  public OnePass(SparkSession spark, String catalog, long loadId) {
    this.catalog = (StageCatalog) Sessions.catalog(spark, catalog);
    this.server = new ClickHouse(this.catalog.connection());
    this.loadId = loadId;
  }

  /**
   * Adds a frame whose columns are those of a table, in any order.
   *
   * @throws ClickHouseException when they are not
   */
  public void append(Dataset<Row> frame, String database, String name) {
    StageTable table = table(database, name);
    StageBatchWrite write =
        new StageBatchWrite(
            table.name(), table.stageColumns(), loadId, table.connection(), table.limit());
    appends.add(new Append(write, Rows.of(columnsOf(table, frame))));
  }

  /** Adds a frame that is computed in the same pass for its own sake: one that is kept. */
  public void compute(Dataset<Row> frame) {
    computed.add(Rows.of(frame));
  }

  /** Appends; returns how many rows each table then holds, by its name with the database. */
  public Map<String, Long> run() {
    Map<String, Long> rows = new LinkedHashMap<>();
    for (List<Append> together : byPartitions()) {
      boolean isFirst = rows.isEmpty();
      List<Rows> frames =
          Stream.concat(
                  together.stream().map(Append::rows),
                  isFirst ? computed.stream() : Stream.<Rows>empty())
              .toList();
      WriteTask task =
          new WriteTask(
              together.stream().map(append -> append.write().writers()).toList(),
              catalog.connection());
      List<WriterCommitMessage[]> byTask = Rows.together(frames, task);
      for (int i = 0; i < together.size(); i++) {
        int table = i;
        StageCommit[] commits =
            byTask.stream().map(each -> each[table]).toArray(StageCommit[]::new);
        together.get(i).write().commit(server, commits);
        rows.put(
            together.get(i).write().table(),
            Arrays.stream(commits).mapToLong(StageCommit::rows).sum());
      }
    }
    return rows;
  }

  @Override
  public void close() {
    server.close();
  }

  private Collection<List<Append>> byPartitions() {
    return appends.stream()
        .collect(
            Collectors.groupingBy(
                append -> append.rows().partitions(), LinkedHashMap::new, Collectors.toList()))
        .values();
  }

  private StageTable table(String database, String name) {
    try {
      return catalog.table(server, Identifier.of(new String[] {database}, name));
    } catch (NoSuchTableException e) {
      throw new ClickHouseException(
          "there is no table " + database + "." + name + " to append to: load the day again");
    }
  }

  private static Dataset<Row> columnsOf(StageTable table, Dataset<Row> frame) {
    List<String> wanted = table.stageColumns().stream().map(StageColumn::name).sorted().toList();
    List<String> given = Arrays.stream(frame.columns()).sorted().toList();
    if (!wanted.equals(given)) {
      throw new ClickHouseException(
          table.name() + " has the columns " + wanted + ", its query gives " + given);
    }
    return frame.select(
        Arrays.stream(table.schema().fields()).map(OnePass::column).toArray(Column[]::new));
  }

  private static Column column(StructField field) {
    return functions.col(field.name()).cast(field.dataType()).as(field.name());
  }
}
