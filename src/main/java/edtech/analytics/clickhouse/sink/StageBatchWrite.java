package edtech.analytics.clickhouse.sink;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.clickhouse.Connection;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.connector.write.BatchWrite;
import org.apache.spark.sql.connector.write.DataWriterFactory;
import org.apache.spark.sql.connector.write.PhysicalWriteInfo;
import org.apache.spark.sql.connector.write.WriterCommitMessage;

/**
 * One append to a stage table. When it commits, the table holds exactly the rows of the task
 * attempts that won: those of failed attempts and speculative twins are deleted, and any other
 * difference between what the winners say they wrote and what the server holds fails the append.
 */
record StageBatchWrite(
    String table, List<StageColumn> columns, long loadId, Connection connection, BatchLimit limit)
    implements BatchWrite {

  @Override
  public DataWriterFactory createBatchWriterFactory(PhysicalWriteInfo info) {
    return writers();
  }

  TaskWriterFactory writers() {
    return new TaskWriterFactory(table, columns, loadId, connection, limit);
  }

  @Override
  public void commit(WriterCommitMessage[] messages) {
    try (ClickHouse server = new ClickHouse(connection)) {
      commit(server, messages);
    }
  }

  void commit(ClickHouse server, WriterCommitMessage[] messages) {
    Map<Long, Long> winners =
        Arrays.stream(messages)
            .map(StageCommit.class::cast)
            .filter(commit -> commit.rows() > 0)
            .collect(
                Collectors.toMap(StageCommit::task, StageCommit::rows, Long::sum, TreeMap::new));
    Map<Long, Long> staged = rowsByTask(server);
    if (!winners.keySet().containsAll(staged.keySet())) {
      deleteLosers(server, winners);
      staged = rowsByTask(server);
    }
    if (!staged.equals(winners)) {
      throw new ClickHouseException(
          table
              + " holds other rows than its writers committed (by task attempt: staged "
              + staged
              + ", committed "
              + winners
              + "): load the day again");
    }
  }

  @Override
  public void abort(WriterCommitMessage[] messages) {
    // The load fails with the write, and the sweep drops the table as it drops those of a load
    // that was killed.
  }

  private Map<Long, Long> rowsByTask(ClickHouse server) {
    return server
        .rows("SELECT _task AS task, count() AS rows FROM " + table + " GROUP BY task")
        .stream()
        .collect(
            Collectors.toMap(
                row -> row.getLong("task"), row -> row.getLong("rows"), Long::sum, TreeMap::new));
  }

  private void deleteLosers(ClickHouse server, Map<Long, Long> winners) {
    String condition =
        winners.isEmpty()
            ? "1"
            : "_task NOT IN ("
                + winners.keySet().stream().map(String::valueOf).collect(Collectors.joining(", "))
                + ")";
    server.execute(
        "ALTER TABLE " + table + " DELETE WHERE " + condition + " SETTINGS mutations_sync = 1");
  }

  @Override
  public String toString() {
    return "append to " + table;
  }
}
