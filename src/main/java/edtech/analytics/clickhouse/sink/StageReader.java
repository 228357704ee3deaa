package edtech.analytics.clickhouse.sink;

import com.clickhouse.client.api.data_formats.ClickHouseBinaryFormatReader;
import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.Connection;
import edtech.analytics.spark.InternalRows;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.read.PartitionReader;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.unsafe.types.UTF8String;

/** The rows of a stage table as Spark's, one at a time. */
final class StageReader implements PartitionReader<InternalRow> {
  private final ClickHouse server;
  private final ClickHouse.Rows rows;
  private final List<StageColumn> columns;

  StageReader(String table, List<StageColumn> columns, Connection connection) {
    this.columns = columns;
    this.server = new ClickHouse(connection);
    String selected =
        columns.isEmpty()
            ? "1 AS nothing"
            : columns.stream().map(StageReader::plain).collect(Collectors.joining(", "));
    this.rows = server.stream("SELECT " + selected + " FROM " + table);
  }

  @Override
  public boolean next() {
    return rows.next();
  }

  @Override
  public InternalRow get() {
    Object[] values = new Object[columns.size()];
    for (int i = 0; i < columns.size(); i++) {
      values[i] = value(rows.row(), i + 1, columns.get(i).sparkType());
    }
    return InternalRows.of(values);
  }

  @Override
  public void close() {
    rows.close();
    server.close();
  }

  /** A column in the form in which Spark keeps its values. */
  private static String plain(StageColumn column) {
    DataType type = column.sparkType();
    String name = column.name();
    if (type.equals(DataTypes.DateType)) {
      return "toInt32(" + name + ") AS " + name;
    }
    if (type.equals(DataTypes.TimestampType)) {
      return "toUnixTimestamp64Micro(" + name + ") AS " + name;
    }
    return type.equals(DataTypes.LongType) ? "toInt64(" + name + ") AS " + name : name;
  }

  private static Object value(ClickHouseBinaryFormatReader row, int place, DataType type) {
    if (!row.hasValue(place)) {
      return null;
    }
    if (type instanceof DecimalType decimal) {
      return Decimal.apply(row.getBigDecimal(place), decimal.precision(), decimal.scale());
    }
    if (type.equals(DataTypes.StringType)) {
      return UTF8String.fromString(row.getString(place));
    }
    if (type.equals(DataTypes.DateType)) {
      return row.getInteger(place);
    }
    if (type instanceof MapType) {
      return InternalRows.map(row.readValue(place));
    }
    if (type.equals(DataTypes.BooleanType)) {
      return row.getBoolean(place);
    }
    return type.equals(DataTypes.DoubleType) ? row.getDouble(place) : (Object) row.getLong(place);
  }
}
