package edtech.analytics.clickhouse.sink;

import edtech.analytics.clickhouse.Connection;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.write.DataWriter;
import org.apache.spark.sql.connector.write.DataWriterFactory;

/** Goes to the executors and opens a writer for each task attempt. */
record TaskWriterFactory(
    String table, List<StageColumn> columns, long loadId, Connection connection, BatchLimit limit)
    implements DataWriterFactory {

  @Override
  public DataWriter<InternalRow> createWriter(int partitionId, long taskId) {
    return createWriter(new OnDemandServer(connection), taskId);
  }

  /** A writer on a connection that others use, too, one after the other. */
  TaskWriter createWriter(OnDemandServer server, long taskId) {
    return new TaskWriter(table, columns, loadId, server, limit, taskId);
  }
}
