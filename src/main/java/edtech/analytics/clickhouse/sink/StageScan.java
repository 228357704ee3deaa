package edtech.analytics.clickhouse.sink;

import edtech.analytics.clickhouse.Connection;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.read.Batch;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.connector.read.PartitionReader;
import org.apache.spark.sql.connector.read.PartitionReaderFactory;
import org.apache.spark.sql.connector.read.Scan;
import org.apache.spark.sql.connector.read.ScanBuilder;
import org.apache.spark.sql.connector.read.SupportsPushDownRequiredColumns;
import org.apache.spark.sql.types.StructType;

/**
 * Reads a stage table back, the columns that a query asks for, in one task: for tables with a row
 * per user, of a day that is made anew from what is stored.
 */
final class StageScan implements ScanBuilder, SupportsPushDownRequiredColumns, Scan, Batch {
  private record WholeTable() implements InputPartition {}

  private record Readers(String table, List<StageColumn> columns, Connection connection)
      implements PartitionReaderFactory {
    @Override
    public PartitionReader<InternalRow> createReader(InputPartition partition) {
      return new StageReader(table, columns, connection);
    }
  }

  private final StageTable table;
  private StructType columns;

  StageScan(StageTable table) {
    this.table = table;
    this.columns = table.schema();
  }

  @Override
  public void pruneColumns(StructType required) {
    columns = required;
  }

  @Override
  public Scan build() {
    return this;
  }

  @Override
  public StructType readSchema() {
    return columns;
  }

  @Override
  public String description() {
    return table.name();
  }

  @Override
  public Batch toBatch() {
    return this;
  }

  @Override
  public InputPartition[] planInputPartitions() {
    return new InputPartition[] {new WholeTable()};
  }

  @Override
  public PartitionReaderFactory createReaderFactory() {
    List<String> names = Arrays.asList(columns.fieldNames());
    return new Readers(table.name(), table.ordered(names), table.connection());
  }
}
