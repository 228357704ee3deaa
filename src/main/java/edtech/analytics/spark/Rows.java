package edtech.analytics.spark;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SortOrder;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.execution.InputAdapter;
import org.apache.spark.sql.execution.LogicalRDD;
import org.apache.spark.sql.execution.ProjectExec;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.WholeStageCodegenExec;
import org.apache.spark.sql.execution.datasources.v2.BatchScanExec;
import org.apache.spark.storage.StorageLevel;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The rows of a frame in the binary form in which Spark computes, partition by partition. Nothing
 * is computed until something uses them.
 */
public final class Rows {
  /** Which rows are wanted. */
  public interface Condition extends Serializable {
    boolean holds(InternalRow row);
  }

  /**
   * What a task makes of the rows of a partition, once for all that read them.
   *
   * @param <S> what a reader chooses by
   */
  public interface Shared<S> {
    /** The chosen rows; each is valid until the next one is taken. */
    Iterator<InternalRow> rows(S choice);

    /** Frees what is kept. */
    void clear();
  }

  /** Makes what tasks share of a partition. */
  public interface Sharing<S> extends Serializable {
    Shared<S> of(Iterator<InternalRow> rows);
  }

  /** What a task does with the same partition of several frames. */
  public interface JointTask<T> extends Serializable {
    /**
     * @param rows of each frame in its turn, computed as they are iterated
     */
    T run(List<Iterable<InternalRow>> rows, long taskAttempt);
  }

  private final RDD<InternalRow> rows;

  private Rows(RDD<InternalRow> rows) {
    this.rows = rows;
  }

  /** The rows of a frame. */
  public static Rows of(Dataset<Row> frame) {
    return new Rows(frame.queryExecution().toRdd());
  }

  /**
   * The rows of a frame that shuffles what a source gives, in the binary form already. Spark does
   * not know that and would copy each row into that form, out of it and into it again.
   */
  public static Rows shuffledAsRead(Dataset<Row> frame) {
    SparkPlan shuffle = frame.queryExecution().executedPlan();
    SparkPlan child = shuffle.children().head();
    SparkPlan source = child;
    while (source instanceof WholeStageCodegenExec
        || source instanceof InputAdapter
        || source instanceof ProjectExec) {
      source = source.children().head();
    }
    boolean isAsRead = source instanceof BatchScanExec && source.output().equals(child.output());
    if (!isAsRead) {
      return of(frame);
    }
    List<SparkPlan> sources = List.of(source);
    return new Rows(
        ((SparkPlan) shuffle.withNewChildren(CollectionConverters.asScala(sources).toSeq()))
            .execute());
  }

  /**
   * Does something with the same partition of each, in one job.
   *
   * @param frames of equally many partitions
   * @return the outcome of each partition, in their order
   */
  public static <T> List<T> together(List<Rows> frames, JointTask<T> task) {
    Object outcomes =
        new JointRows<>(frames.stream().map(each -> each.rows).toList(), task).collect();
    @SuppressWarnings("unchecked") // the array's class is erased, its elements are the task's
    List<T> byPartition = (List<T>) Arrays.asList((Object[]) outcomes);
    return byPartition;
  }

  /**
   * These rows as a frame of the columns of another. Each row must be in the partition where that
   * frame has rows of its kind, so that Spark does not move it again for what that frame is
   * partitioned by.
   */
  public Dataset<Row> as(Dataset<Row> like) {
    SparkSession session = Sessions.classic(like.sparkSession());
    QueryExecution plan = like.queryExecution();
    // Neither order nor constraints of the other frame: these rows may differ in both.
    LogicalRDD relation =
        new LogicalRDD(
            plan.analyzed().output(),
            rows,
            plan.executedPlan().outputPartitioning(),
            CollectionConverters.asScala(List.<SortOrder>of()).toList(),
            false,
            Option.empty(),
            session,
            Option.empty(),
            Option.empty());
    return org.apache.spark.sql.classic.Dataset.ofRows(session, relation);
  }

  public Rows where(Condition condition) {
    return new Rows(rows.toJavaRDD().filter(condition::holds).rdd());
  }

  /**
   * Rows that are made of these, and chosen. What is made of a partition is made once a task,
   * however many tables the task writes from it.
   */
  public <S> Rows shared(Sharing<S> sharing, S choice) {
    return new Rows(new SharedRows<>(rows, sharing, choice));
  }

  /**
   * The same rows, computed once and kept. For few of them: they are kept as rows, which costs no
   * code to be generated, where Spark's own cache makes columns.
   */
  public Rows kept() {
    return new Rows(
        rows.toJavaRDD().map(InternalRow::copy).rdd().persist(StorageLevel.MEMORY_AND_DISK()));
  }

  /** Frees what was kept. */
  public void free() {
    rows.unpersist(false);
  }

  /** Computes what comes before the last shuffle, and waits for it. */
  public void shuffle() {
    rows.toJavaRDD()
        .mapPartitions(each -> Collections.<InternalRow>emptyIterator())
        .collectPartitions(new int[] {0});
  }

  public int partitions() {
    return rows.getNumPartitions();
  }
}
