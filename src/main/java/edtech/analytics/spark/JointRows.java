package edtech.analytics.spark;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.Dependency;
import org.apache.spark.OneToOneDependency;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/** One job over several frames: each of its tasks takes the same partition of all of them. */
final class JointRows<T> extends RDD<T> {
  private static final long serialVersionUID = 1;

  /** The same partition of each frame. */
  private record Joint(int index, Partition[] each) implements Partition {
    @Override
    public int index() {
      return index;
    }
  }

  private final List<RDD<InternalRow>> frames;
  private final Rows.JointTask<T> task;

  /**
   * @param frames of equally many partitions
   */
  JointRows(List<RDD<InternalRow>> frames, Rows.JointTask<T> task) {
    super(
        frames.get(0).sparkContext(),
        CollectionConverters.asScala(
                frames.stream().<Dependency<?>>map(OneToOneDependency::new).toList())
            .toList(),
        ClassTag$.MODULE$.apply(Object.class));
    this.frames = frames;
    this.task = task;
  }

  @Override
  public Partition[] getPartitions() {
    return IntStream.range(0, frames.get(0).getNumPartitions())
        .mapToObj(
            index ->
                new Joint(
                    index,
                    frames.stream()
                        .map(rows -> rows.partitions()[index])
                        .toArray(Partition[]::new)))
        .toArray(Partition[]::new);
  }

  @Override
  public Iterator<T> compute(Partition split, TaskContext context) {
    Partition[] each = ((Joint) split).each();
    List<Iterable<InternalRow>> rows =
        IntStream.range(0, each.length)
            .<Iterable<InternalRow>>mapToObj(
                i -> () -> CollectionConverters.asJava(frames.get(i).iterator(each[i], context)))
            .toList();
    T outcome = task.run(rows, context.taskAttemptId());
    return CollectionConverters.asScala(List.of(outcome).iterator());
  }
}
