package edtech.analytics.transform;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.util.TaskCompletionListener;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/**
 * The parsed lines with duplicates decided, partition by partition; see {@link ResolvedPartition}.
 * A task that reads a partition several times, as one does that writes several tables, fetches and
 * resolves it once.
 */
final class ResolvedRows extends RDD<InternalRow> {
  private static final long serialVersionUID = 1;

  /** By task attempt, what was parsed and which partition; a task takes its own away at its end. */
  private static final Map<Key, ResolvedPartition> IN_USE = new ConcurrentHashMap<>();

  private record Key(long taskAttempt, int parsed, int partition) {}

  private final Set<RowGroup> groups;

  /**
   * @param parsed rows of one event id are in one partition, or no event of the day has the id of
   *     one in another
   * @param groups which of the rows are given
   */
  ResolvedRows(RDD<InternalRow> parsed, Set<RowGroup> groups) {
    super(parsed, ClassTag$.MODULE$.apply(InternalRow.class));
    this.groups = groups;
  }

  @Override
  public Partition[] getPartitions() {
    return parent().partitions();
  }

  @Override
  public Iterator<InternalRow> compute(Partition split, TaskContext task) {
    Key key = new Key(task.taskAttemptId(), parent().id(), split.index());
    ResolvedPartition partition = IN_USE.get(key);
    if (partition == null) {
      partition =
          new ResolvedPartition(CollectionConverters.asJava(parent().iterator(split, task)));
      IN_USE.put(key, partition);
      task.addTaskCompletionListener((TaskCompletionListener) done -> IN_USE.remove(key).clear());
    }
    return CollectionConverters.asScala(partition.iterator(groups));
  }

  private RDD<InternalRow> parent() {
    return firstParent(ClassTag$.MODULE$.apply(InternalRow.class));
  }
}
