package edtech.analytics.clickhouse.sink;

import edtech.analytics.clickhouse.Connection;
import edtech.analytics.spark.Rows;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.write.WriterCommitMessage;

/**
 * What a task of a {@link OnePass} does: writes its partition of one frame after the other, and
 * gives the commits of the writers, in their order. Frames without a writer are computed, and their
 * rows go nowhere.
 *
 * @param writers of the first frames
 * @param connection to the server that they write to
 */
record WriteTask(List<TaskWriterFactory> writers, Connection connection)
    implements Rows.JointTask<WriterCommitMessage[]> {

  @Override
  public WriterCommitMessage[] run(List<Iterable<InternalRow>> frames, long taskAttempt) {
    WriterCommitMessage[] commits = new WriterCommitMessage[writers.size()];
    // One for all tables: to connect costs more than a small table's rows.
    try (OnDemandServer server = new OnDemandServer(connection)) {
      for (int i = 0; i < commits.length; i++) {
        TaskWriter writer = writers.get(i).createWriter(server, taskAttempt);
        frames.get(i).forEach(writer::write);
        commits[i] = writer.commit();
      }
    }
    frames.subList(commits.length, frames.size()).forEach(rows -> rows.forEach(row -> {}));
    return commits;
  }
}
