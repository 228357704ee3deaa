package edtech.analytics.transform;

import java.util.List;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SortOrder;
import org.apache.spark.sql.classic.Dataset;
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

/** Frames over rows that are there already, in the binary form in which Spark computes. */
final class Frames {
  private Frames() {}

  /** The same frame in another session. */
  static org.apache.spark.sql.Dataset<Row> in(
      org.apache.spark.sql.SparkSession spark, org.apache.spark.sql.Dataset<Row> frame) {
    return Dataset.ofRows((SparkSession) spark, ((Dataset<Row>) frame).logicalPlan());
  }

  /**
   * Other rows in place of a frame's own: of the same columns, and each in the partition where the
   * frame has rows of its kind, so that Spark does not move them again for what they are
   * partitioned by.
   */
  static Dataset<Row> of(RDD<InternalRow> rows, org.apache.spark.sql.Dataset<Row> like) {
    SparkSession spark = (SparkSession) like.sparkSession();
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
            spark,
            Option.empty(),
            Option.empty());
    return Dataset.ofRows(spark, relation);
  }

  /** The rows of a frame; the binary form, as they are computed. */
  static RDD<InternalRow> rows(org.apache.spark.sql.Dataset<Row> frame) {
    return frame.queryExecution().toRdd();
  }

  /**
   * The rows of a frame that shuffles what a source gives, in the binary form already. Spark does
   * not know that and would copy each row into that form, out of it and into it again.
   */
  static RDD<InternalRow> shuffledAsRead(org.apache.spark.sql.Dataset<Row> frame) {
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
      return rows(frame);
    }
    List<SparkPlan> sources = List.of(source);
    return ((SparkPlan) shuffle.withNewChildren(CollectionConverters.asScala(sources).toSeq()))
        .execute();
  }

  /**
   * Keeps what a small frame comes to, for several uses: as rows, which costs no code to be
   * generated, where Spark's own cache makes columns.
   */
  static RDD<InternalRow> keep(org.apache.spark.sql.Dataset<Row> frame) {
    return rows(frame)
        .toJavaRDD()
        .map(InternalRow::copy)
        .rdd()
        .persist(StorageLevel.MEMORY_AND_DISK());
  }
}
