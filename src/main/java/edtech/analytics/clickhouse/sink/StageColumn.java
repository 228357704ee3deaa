package edtech.analytics.clickhouse.sink;

import edtech.analytics.clickhouse.ClickHouseException;
import java.io.Serializable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** A column of a stage table as the server describes it, and the Spark type that is written. */
record StageColumn(String name, DataType sparkType, boolean isNullable) implements Serializable {
  private static final Pattern DECIMAL = Pattern.compile("Decimal\\((18|38), (\\d+)\\)");

  static StageColumn of(String name, String serverType) {
    String type = unwrap(serverType, "LowCardinality");
    String plain = unwrap(type, "Nullable");
    return new StageColumn(name, sparkType(name, plain), !plain.equals(type));
  }

  private static String unwrap(String type, String wrapper) {
    return type.startsWith(wrapper + "(")
        ? type.substring(wrapper.length() + 1, type.length() - 1)
        : type;
  }

  private static DataType sparkType(String name, String type) {
    if (type.startsWith("DateTime64(6")) {
      return DataTypes.TimestampType;
    }
    Matcher decimal = DECIMAL.matcher(type);
    if (decimal.matches()) {
      return DataTypes.createDecimalType(
          Integer.parseInt(decimal.group(1)), Integer.parseInt(decimal.group(2)));
    }
    return switch (type) {
      case "String" -> DataTypes.StringType;
      case "Date" -> DataTypes.DateType;
      case "UInt64", "UInt32", "UInt16", "UInt8", "Int64" -> DataTypes.LongType;
      case "Bool" -> DataTypes.BooleanType;
      case "Float64" -> DataTypes.DoubleType;
      case "Map(LowCardinality(String), String)" ->
          DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType);
      case "Array(Bool)" -> DataTypes.createArrayType(DataTypes.BooleanType);
      default ->
          throw new ClickHouseException("column " + name + ": type " + type + " is not written");
    };
  }
}
