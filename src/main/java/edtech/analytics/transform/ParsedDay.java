package edtech.analytics.transform;

import edtech.analytics.input.ParsedColumn;
import edtech.analytics.input.line.ComparedContent;
import edtech.analytics.model.SqlFile;
import edtech.analytics.spark.Rows;
import edtech.analytics.spark.Sessions;
import java.sql.Date;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * One day as named views that the SQL files query: {@code events} (the accepted ones), of them
 * {@code purchases}, {@code task_results} and {@code ab_assignments}, {@code not_events} (rejected
 * lines and counts), {@code outcomes} (how many lines ended in which way) and {@code objects} (the
 * source files by number, and the day that is loaded).
 *
 * <p>Lines are parsed once and shuffled once, by user. A query that groups by user needs no other
 * shuffle, and every query reads the shuffle's files.
 */
public final class ParsedDay implements AutoCloseable {
  /** Input bytes, decompressed, for one partition. */
  private static final long PARTITION_BYTES = 64L << 20;

  /** Below this size a day is one partition, and code generation costs more than it saves. */
  private static final long SMALL_BYTES = PARTITION_BYTES / 8;

  private static final String FACTORY_MODE = "spark.sql.codegen.factoryMode";

  private static final StructType OBJECT =
      new StructType()
          .add("object", DataTypes.IntegerType, false)
          .add("source_file", DataTypes.StringType, false)
          .add("day", DataTypes.DateType, false);

  private final SparkSession spark;
  private final int partitions;
  private final ComparedContent compared;
  private final Dataset<Row> parsed;
  private final Rows byUser;
  private Rows outcomes;

  /**
   * @param spark gets the views
   * @param lines the rows of the day's objects, late events of it included; of any session
   * @param sourceFiles addresses, in the order of their numbers
   * @param bytes estimated size of the text that the rows come from
   * @param compared what decides whether two events of one id are equal
   */
  public ParsedDay(
      SparkSession spark,
      LocalDate date,
      Dataset<Row> lines,
      List<String> sourceFiles,
      long bytes,
      ComparedContent compared) {
    this.spark = spark;
    this.compared = compared;
    this.partitions = partitions(spark, bytes);
    spark.conf().set("spark.sql.shuffle.partitions", partitions);
    // Adaptive execution would run each table's query in pieces, and has nothing left to adapt.
    spark.conf().set("spark.sql.adaptive.enabled", false);
    this.parsed = by(ParsedColumn.USER_ID, Sessions.move(lines, spark));
    this.byUser = Rows.shuffledAsRead(parsed);
    view(groups -> resolved(byUser, groups), parsed);
    List<Row> objects =
        IntStream.range(0, sourceFiles.size())
            .mapToObj(i -> RowFactory.create(i, sourceFiles.get(i), Date.valueOf(date)))
            .toList();
    spark.createDataFrame(objects, OBJECT).createOrReplaceTempView("objects");
  }

  /**
   * Prepares a session that serves one day only. The queries of a small day run without generated
   * code: compiling it takes longer than running them.
   */
  public static void prepare(SparkSession spark, long bytes) {
    boolean isSmall = bytes < SMALL_BYTES;
    spark.conf().set("spark.sql.codegen.wholeStage", !isSmall);
    spark.conf().set(FACTORY_MODE, isSmall ? "NO_CODEGEN" : "FALLBACK");
  }

  /** The session that has the views. */
  public SparkSession spark() {
    return spark;
  }

  /** Makes the queries of this thread, and of those that it starts, run in the day's session. */
  public void enter() {
    SparkSession.setActiveSession(spark);
    // What tasks see of a session's settings, where a query is not run by Spark's own commands.
    spark.sparkContext().setLocalProperty(FACTORY_MODE, spark.conf().get(FACTORY_MODE));
  }

  /**
   * Starts to read and parse in the background; without it, the first query does. The future
   * completes when the reading does.
   */
  public CompletableFuture<Void> startReading() {
    return CompletableFuture.runAsync(
        byUser::shuffle, task -> new Thread(task, "read-day").start());
  }

  /**
   * Decides duplicates once more, for a day on which users share event ids: these meet only when
   * all lines of an id are brought together. Costs two more shuffles, so it is not the usual way.
   */
  public void resolveAcrossUsers() {
    unpersist();
    Dataset<Row> shuffled = by(ParsedColumn.EVENT_ID, byUser.as(parsed));
    Rows resolved = resolved(Rows.of(shuffled), EnumSet.allOf(RowGroup.class));
    Dataset<Row> again = by(ParsedColumn.USER_ID, resolved.as(shuffled));
    Rows rows = Rows.of(again);
    view(groups -> rows.where(row -> groups.contains(RowGroup.of(row))), again);
  }

  /**
   * How many lines had which outcome. Compute it together with the tables: alone, it reads all
   * lines again.
   */
  public Dataset<Row> outcomes() {
    return spark.table("outcomes");
  }

  /** The same by object; at most about thirty rows per object. */
  public List<Row> ledger() {
    return query("/sql/day/ledger.sql").collectAsList();
  }

  /** Frees what was kept of the day. */
  @Override
  public void close() {
    unpersist();
  }

  private void view(Function<Set<RowGroup>, Rows> rows, Dataset<Row> like) {
    Map<String, Set<RowGroup>> views =
        Map.of(
            "events", RowGroup.EVENTS,
            "purchases", EnumSet.of(RowGroup.PURCHASE),
            "task_results", EnumSet.of(RowGroup.TASK_RESULT),
            "ab_assignments", EnumSet.of(RowGroup.AB_ASSIGNMENT),
            "not_events", EnumSet.of(RowGroup.NO_EVENT));
    views.forEach((name, groups) -> rows.apply(groups).as(like).createOrReplaceTempView(name));
    Dataset<Row> counted = query("/sql/day/outcomes.sql");
    outcomes = Rows.of(counted).kept();
    outcomes.as(counted).createOrReplaceTempView("outcomes");
  }

  private void unpersist() {
    outcomes.free();
  }

  private Rows resolved(Rows parsed, Set<RowGroup> groups) {
    // By itself, as tasks take it along and the day cannot go with them.
    ComparedContent content = compared;
    return parsed.shared(rows -> new ResolvedPartition(rows, content), groups);
  }

  private Dataset<Row> by(ParsedColumn column, Dataset<Row> lines) {
    return lines.repartition(partitions, functions.col(column.toString()));
  }

  private Dataset<Row> query(String resource) {
    return spark.sql(SqlFile.read(resource));
  }

  private static int partitions(SparkSession spark, long bytes) {
    int cores = spark.sparkContext().defaultParallelism();
    if (bytes < SMALL_BYTES) {
      return 1;
    }
    // As many for each core, so that none works alone at the end.
    long each = bytes / (PARTITION_BYTES * cores) + 1;
    return (int) Math.min(10_000, each * cores);
  }
}
