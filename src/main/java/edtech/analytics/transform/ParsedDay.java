package edtech.analytics.transform;

import edtech.analytics.model.SqlFile;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * One day as named views that the SQL files query: {@code parsed} (every line), {@code lost} (the
 * lines that lose to another of the same id), {@code events} (the accepted ones) and {@code
 * objects} (the source files by number, and the day that is loaded). The lines are parsed once, at
 * the first use, and kept until closed: in memory where they fit, else on disk.
 */
public final class ParsedDay implements AutoCloseable {
  /** Input bytes, decompressed, for one partition of a shuffle. */
  private static final long PARTITION_BYTES = 64L << 20;

  /** What a byte of input takes in a cached row, about. */
  private static final double CACHED_BYTES_PER_INPUT_BYTE = 2.5;

  private static final StructType OBJECT =
      new StructType()
          .add("object", DataTypes.IntegerType, false)
          .add("source_file", DataTypes.StringType, false)
          .add("day", DataTypes.DateType, false);

  private final SparkSession spark;
  private final Dataset<Row> parsed;
  private final Dataset<Row> lost;

  /**
   * @param lines the rows of the day's objects, late events of it included
   * @param sourceFiles addresses, in the order of their numbers
   * @param bytes how much text the rows come from, about
   */
  public ParsedDay(
      SparkSession spark,
      LocalDate date,
      Dataset<Row> lines,
      List<String> sourceFiles,
      long bytes) {
    this.spark = spark;
    spark.conf().set("spark.sql.shuffle.partitions", partitions(spark, bytes));
    // Measured: gathering statistics for compression costs more than the bytes it saves.
    spark.conf().set("spark.sql.inMemoryColumnarStorage.compressed", "false");
    this.parsed = lines.persist(level(spark, bytes));
    parsed.createOrReplaceTempView("parsed");
    Dataset<Row> repeated = query("/sql/day/repeated.sql").persist(StorageLevel.MEMORY_AND_DISK());
    try {
      boolean isEmpty = repeated.isEmpty();
      repeated.createOrReplaceTempView("repeated");
      this.lost = lost(isEmpty);
    } finally {
      repeated.unpersist();
    }
    query("/sql/day/events.sql").createOrReplaceTempView("events");
    List<Row> objects =
        IntStream.range(0, sourceFiles.size())
            .mapToObj(i -> RowFactory.create(i, sourceFiles.get(i), java.sql.Date.valueOf(date)))
            .toList();
    spark.createDataFrame(objects, OBJECT).createOrReplaceTempView("objects");
  }

  /** The losing lines, compared once; without any, the planner is told so. */
  private Dataset<Row> lost(boolean isEmpty) {
    Dataset<Row> all = query("/sql/day/lost.sql");
    Dataset<Row> kept =
        isEmpty
            ? spark.createDataFrame(List.of(), all.schema())
            : all.persist(StorageLevel.MEMORY_AND_DISK());
    kept.createOrReplaceTempView("lost");
    kept.count();
    return kept;
  }

  /** How many rows are what, by object; at most some thirty rows an object. */
  public List<Row> ledger() {
    return query("/sql/day/ledger.sql").collectAsList();
  }

  /** Frees what was kept of the day. */
  @Override
  public void close() {
    lost.unpersist();
    parsed.unpersist();
  }

  private Dataset<Row> query(String resource) {
    return spark.sql(SqlFile.read(resource));
  }

  private static int partitions(SparkSession spark, long bytes) {
    int cores = spark.sparkContext().defaultParallelism();
    if (bytes < PARTITION_BYTES / 8) {
      return 1;
    }
    return (int) Math.min(10_000, Math.max(cores, bytes / PARTITION_BYTES + 1));
  }

  /**
   * Memory only for a day that fits: one that does not would push its own blocks out, and read each
   * back from disk for every table all the same.
   */
  private static StorageLevel level(SparkSession spark, long bytes) {
    long storage =
        scala.jdk.javaapi.CollectionConverters.asJava(
                spark.sparkContext().getExecutorMemoryStatus())
            .values()
            .stream()
            .mapToLong(memory -> (Long) memory._1())
            .sum();
    return bytes * CACHED_BYTES_PER_INPUT_BYTE < storage * 8 / 10
        ? StorageLevel.MEMORY_AND_DISK()
        : StorageLevel.DISK_ONLY();
  }
}
