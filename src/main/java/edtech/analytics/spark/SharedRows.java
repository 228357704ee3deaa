package edtech.analytics.spark;

import java.util.Map;
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
 * Chosen rows of what a task makes of a partition. A task that reads a partition several times, as
 * one does that writes several tables, fetches it and makes it once.
 */
final class SharedRows<S> extends RDD<InternalRow> {
  private static final long serialVersionUID = 1;

  /** By task attempt, what it is made of and which partition; taken away at the task's end. */
  private static final Map<Key, Rows.Shared<?>> IN_USE = new ConcurrentHashMap<>();

  private record Key(long taskAttempt, int madeOf, int partition) {}

  private final Rows.Sharing<S> sharing;
  private final S choice;

  SharedRows(RDD<InternalRow> madeOf, Rows.Sharing<S> sharing, S choice) {
    super(madeOf, ClassTag$.MODULE$.apply(InternalRow.class));
    this.sharing = sharing;
    this.choice = choice;
  }

  @Override
  public Partition[] getPartitions() {
    return parent().partitions();
  }

  @Override
  public Iterator<InternalRow> compute(Partition split, TaskContext task) {
    Key key = new Key(task.taskAttemptId(), parent().id(), split.index());
    @SuppressWarnings("unchecked") // whoever shares the rows of one parent shares them in one way
    Rows.Shared<S> shared = (Rows.Shared<S>) IN_USE.get(key);
    if (shared == null) {
      shared = sharing.of(CollectionConverters.asJava(parent().iterator(split, task)));
      IN_USE.put(key, shared);
      task.addTaskCompletionListener((TaskCompletionListener) done -> IN_USE.remove(key).clear());
    }
    return CollectionConverters.asScala(shared.rows(choice));
  }

  private RDD<InternalRow> parent() {
    return firstParent(ClassTag$.MODULE$.apply(InternalRow.class));
  }
}
