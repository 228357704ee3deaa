package edtech.analytics.clickhouse.sink;

import edtech.analytics.clickhouse.Connection;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.connector.catalog.SupportsRead;
import org.apache.spark.sql.connector.catalog.SupportsWrite;
import org.apache.spark.sql.connector.catalog.TableCapability;
import org.apache.spark.sql.connector.read.ScanBuilder;
import org.apache.spark.sql.connector.write.BatchWrite;
import org.apache.spark.sql.connector.write.LogicalWriteInfo;
import org.apache.spark.sql.connector.write.Write;
import org.apache.spark.sql.connector.write.WriteBuilder;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/** A stage table that rows can be appended to and read from. */
record StageTable(
    String name, List<StageColumn> stageColumns, Connection connection, BatchLimit limit)
    implements SupportsWrite, SupportsRead {

  @Override
  @SuppressWarnings("deprecation") // Spark 4.0 has columns(), but still demands this one
  public StructType schema() {
    StructType schema = new StructType();
    for (StageColumn column : stageColumns) {
      // Nulls are refused by the writer, with the column's name, rather than by Spark's analysis,
      // which can't see that a query gives none.
      schema = schema.add(column.name(), column.sparkType(), true);
    }
    return schema;
  }

  @Override
  public Set<TableCapability> capabilities() {
    return Set.of(TableCapability.BATCH_WRITE, TableCapability.BATCH_READ);
  }

  @Override
  public ScanBuilder newScanBuilder(CaseInsensitiveStringMap options) {
    return new StageScan(this);
  }

  @Override
  public WriteBuilder newWriteBuilder(LogicalWriteInfo info) {
    return new WriteBuilder() {
      @Override
      public Write build() {
        return new Write() {
          @Override
          public BatchWrite toBatch() {
            long loadId = info.options().getLong(StageCatalog.LOAD_ID, 0);
            return new StageBatchWrite(
                name,
                ordered(Arrays.asList(info.schema().fieldNames())),
                loadId,
                connection,
                limit);
          }
        };
      }
    };
  }

  /** The columns of these names, in their order. */
  List<StageColumn> ordered(List<String> names) {
    return names.stream()
        .map(
            field ->
                stageColumns.stream().filter(c -> c.name().equals(field)).findFirst().orElseThrow())
        .toList();
  }

  @Override
  public String toString() {
    return name;
  }
}
