package edtech.analytics.input;

import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.catalog.SupportsRead;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableCapability;
import org.apache.spark.sql.connector.catalog.TableProvider;
import org.apache.spark.sql.connector.expressions.Transform;
import org.apache.spark.sql.connector.read.Batch;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.connector.read.PartitionReaderFactory;
import org.apache.spark.sql.connector.read.Scan;
import org.apache.spark.sql.connector.read.ScanBuilder;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Spark data source of the parsed lines of listed objects: rows as in {@link ParsedRow}. Reads each
 * object once, in its listed version only.
 */
public final class EventSource implements TableProvider {
  private static final String SELECTION = "selection";

  /** The selected lines as a frame; nothing is read before it is used. */
  public static Dataset<Row> read(SparkSession spark, Selection selection) {
    return spark
        .read()
        .format(EventSource.class.getName())
        .option(SELECTION, selection.encode())
        .load();
  }

  @Override
  public StructType inferSchema(CaseInsensitiveStringMap options) {
    return ParsedColumn.SCHEMA;
  }

  @Override
  public Table getTable(
      StructType schema, Transform[] partitioning, Map<String, String> properties) {
    return new Lines(Selection.decode(properties.get(SELECTION)));
  }

  private record Lines(Selection selection) implements Table, SupportsRead, ScanBuilder {
    @Override
    public String name() {
      return "events";
    }

    @Override
    @SuppressWarnings("deprecation") // Spark 4.0 has columns(), but still demands this one
    public StructType schema() {
      return ParsedColumn.SCHEMA;
    }

    @Override
    public Set<TableCapability> capabilities() {
      return Set.of(TableCapability.BATCH_READ);
    }

    @Override
    public ScanBuilder newScanBuilder(CaseInsensitiveStringMap options) {
      return this;
    }

    @Override
    public Scan build() {
      return new LineScan(selection);
    }
  }

  private record LineScan(Selection selection) implements Scan, Batch {
    @Override
    public StructType readSchema() {
      return ParsedColumn.SCHEMA;
    }

    @Override
    public String description() {
      return "events of " + selection.objects().size() + " objects";
    }

    @Override
    public Batch toBatch() {
      return this;
    }

    @Override
    public InputPartition[] planInputPartitions() {
      int cores = SparkSession.active().sparkContext().defaultParallelism();
      return Split.plan(selection, cores).toArray(InputPartition[]::new);
    }

    @Override
    public PartitionReaderFactory createReaderFactory() {
      SerializableConfiguration hadoop =
          new SerializableConfiguration(SparkSession.active().sessionState().newHadoopConf());
      return new LineReaderFactory(
          selection.rules(), selection.fromDate(), selection.toDate(), selection.erased(), hadoop);
    }
  }
}
