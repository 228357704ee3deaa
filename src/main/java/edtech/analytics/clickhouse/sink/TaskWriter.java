package edtech.analytics.clickhouse.sink;

import edtech.analytics.spark.InternalRows;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.write.DataWriter;
import org.apache.spark.sql.connector.write.WriterCommitMessage;
import org.apache.spark.sql.types.DataTypes;

/**
 * Writes the rows of one task attempt, a batch at a time. Each batch is inserted synchronously
 * under a token of its own (table, attempt, batch), so that a request that reaches the server twice
 * counts once. The table's name holds the load id, so tokens of two loads never meet.
 */
final class TaskWriter implements DataWriter<InternalRow> {
  private final String table;
  private final BatchLimit limit;
  private final long task;
  private final NativeBlock block;
  private final InternalRow filled;
  private final OnDemandServer server;

  private long rows;
  private int batch;

  /**
   * @param server closed with the writer; writers that share one are not closed
   */
  TaskWriter(
      String table,
      List<StageColumn> columns,
      long loadId,
      OnDemandServer server,
      BatchLimit limit,
      long task) {
    this.table = table;
    this.limit = limit;
    this.task = task;
    this.server = server;
    List<NativeColumn> all = new ArrayList<>();
    for (StageColumn column : columns) {
      all.add(new NativeColumn(column.name(), column.sparkType(), column.isNullable()));
    }
    all.add(new NativeColumn(StageCatalog.LOAD_ID, DataTypes.LongType, false));
    all.add(new NativeColumn(StageCatalog.TASK_COLUMN, DataTypes.LongType, false));
    this.block = new NativeBlock(all);
    this.filled = InternalRows.of(loadId, task);
  }

  @Override
  public void write(InternalRow row) {
    block.add(row, filled);
    if (block.rows() >= limit.rows() || block.bytes() >= limit.bytes()) {
      send();
    }
  }

  @Override
  public WriterCommitMessage commit() {
    send();
    return new StageCommit(task, rows);
  }

  @Override
  public void abort() {
    // Rows already sent carry this attempt's number and are deleted when the write commits.
  }

  @Override
  public void close() {
    server.close();
  }

  private void send() {
    if (block.rows() == 0) {
      return;
    }
    requireAlive();
    server.get().insert(table, block::writeTo, table + "/" + task + "/" + batch);
    rows += block.rows();
    batch++;
    block.clear();
  }

  /**
   * Rows of an attempt that Spark has given up may come too late to be deleted with the losers'.
   */
  private static void requireAlive() {
    TaskContext attempt = TaskContext.get();
    if (attempt != null && attempt.isInterrupted()) {
      throw new TaskKilledException("killed before a batch was sent");
    }
  }
}
