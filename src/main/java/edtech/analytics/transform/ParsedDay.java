package edtech.analytics.transform;

import edtech.analytics.model.SqlFile;
import edtech.analytics.model.Table;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * One day as named views that the SQL files query: {@code decided} (every line and what became of
 * it), {@code events} (the accepted ones) and {@code objects} (the source files by number). The
 * lines are parsed and compared once, at the first use, and kept, in memory as far as it goes,
 * until closed.
 */
public final class ParsedDay implements AutoCloseable {
  /** Input bytes, decompressed, that one partition of the shuffle takes. */
  private static final long PARTITION_BYTES = 32L << 20;

  private static final StructType OBJECT =
      new StructType()
          .add("object", DataTypes.IntegerType, false)
          .add("source_file", DataTypes.StringType, false);

  private final SparkSession spark;
  private final LocalDate date;
  private final Dataset<Row> decided;

  /**
   * @param parsed the rows of the day's objects, late events of it included
   * @param sourceFiles addresses, in the order of their numbers
   * @param bytes how much text the rows come from, about
   */
  public ParsedDay(
      SparkSession spark,
      LocalDate date,
      Dataset<Row> parsed,
      List<String> sourceFiles,
      long bytes) {
    this.spark = spark;
    this.date = date;
    int partitions = partitions(spark, bytes);
    spark.conf().set("spark.sql.shuffle.partitions", partitions);
    parsed.repartition(partitions, parsed.col("id_hash")).createOrReplaceTempView("parsed");
    this.decided = query("/sql/day/decided.sql").persist(StorageLevel.MEMORY_AND_DISK());
    decided.createOrReplaceTempView("decided");
    decided.where("outcome = 'accepted'").createOrReplaceTempView("events");
    List<Row> objects =
        IntStream.range(0, sourceFiles.size())
            .mapToObj(i -> RowFactory.create(i, sourceFiles.get(i)))
            .toList();
    spark.createDataFrame(objects, OBJECT).createOrReplaceTempView("objects");
  }

  /** How many lines ended where, by object; at most some twenty rows an object. */
  public List<Row> ledger() {
    return query("/sql/day/ledger.sql").collectAsList();
  }

  /** The rows of a table. */
  public Dataset<Row> rows(Table table) {
    return query(table.query());
  }

  /** Frees what was kept of the day. */
  @Override
  public void close() {
    decided.unpersist();
  }

  private Dataset<Row> query(String resource) {
    return spark.sql(SqlFile.read(resource), Map.of("event_date", date));
  }

  private static int partitions(SparkSession spark, long bytes) {
    int cores = spark.sparkContext().defaultParallelism();
    if (bytes < PARTITION_BYTES / 8) {
      return 1;
    }
    return (int) Math.min(10_000, Math.max(cores, bytes / PARTITION_BYTES + 1));
  }
}
