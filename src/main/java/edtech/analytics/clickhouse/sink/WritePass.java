package edtech.analytics.clickhouse.sink;

import edtech.analytics.clickhouse.Connection;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.Dependency;
import org.apache.spark.OneToOneDependency;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.write.WriterCommitMessage;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/** The tasks of a {@link OnePass}; each gives the commits of its writers, in their order. */
final class WritePass extends RDD<WriterCommitMessage[]> {
  private static final long serialVersionUID = 1;

  /** The same partition of each frame. */
  private record Together(int index, Partition[] each) implements Partition {
    @Override
    public int index() {
      return index;
    }
  }

  private final List<RDD<InternalRow>> written;
  private final List<TaskWriterFactory> writers;
  private final Connection connection;
  private final List<RDD<InternalRow>> computed;

  /**
   * @param written frames of equally many partitions
   * @param writers one for each of them
   * @param connection to the server that they write to
   * @param computed frames of as many partitions whose rows go nowhere
   */
  WritePass(
      List<RDD<InternalRow>> written,
      List<TaskWriterFactory> writers,
      Connection connection,
      List<RDD<InternalRow>> computed) {
    super(
        written.get(0).sparkContext(),
        CollectionConverters.asScala(
                Stream.concat(written.stream(), computed.stream())
                    .<Dependency<?>>map(OneToOneDependency::new)
                    .toList())
            .toList(),
        ClassTag$.MODULE$.apply(WriterCommitMessage[].class));
    this.written = written;
    this.writers = writers;
    this.connection = connection;
    this.computed = computed;
  }

  @Override
  public Partition[] getPartitions() {
    return IntStream.range(0, written.get(0).getNumPartitions())
        .mapToObj(
            index ->
                new Together(
                    index,
                    Stream.concat(written.stream(), computed.stream())
                        .map(rows -> rows.partitions()[index])
                        .toArray(Partition[]::new)))
        .toArray(Partition[]::new);
  }

  @Override
  public Iterator<WriterCommitMessage[]> compute(Partition split, TaskContext task) {
    Partition[] each = ((Together) split).each();
    WriterCommitMessage[] commits = new WriterCommitMessage[written.size()];
    // One for all tables: to connect costs more than a small table's rows.
    try (OnDemandServer server = new OnDemandServer(connection)) {
      for (int i = 0; i < commits.length; i++) {
        commits[i] =
            write(
                written.get(i).iterator(each[i], task),
                writers.get(i).createWriter(server, task.taskAttemptId()));
      }
    }
    for (int i = 0; i < computed.size(); i++) {
      Iterator<InternalRow> rows = computed.get(i).iterator(each[commits.length + i], task);
      while (rows.hasNext()) {
        rows.next();
      }
    }
    return CollectionConverters.asScala(List.<WriterCommitMessage[]>of(commits).iterator());
  }

  private static WriterCommitMessage write(Iterator<InternalRow> rows, TaskWriter writer) {
    while (rows.hasNext()) {
      writer.write(rows.next());
    }
    return writer.commit();
  }
}
