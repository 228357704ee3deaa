package edtech.analytics.clickhouse.sink;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Locale;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * One column of a block in ClickHouse's Native format: values one after the other, little-endian;
 * texts with their length before them. Of maps and arrays come the ends of all rows first, in
 * entries, then all keys, then all values. Grows as needed and is reused.
 */
final class NativeColumn {
  /** How a Spark value is written, and the type that the block declares for it. */
  private enum Encoding {
    DATE("Date"),
    TIMESTAMP("DateTime64(6, 'UTC')"),
    TEXT("String"),
    DECIMAL("Decimal(18, %d)"),
    LONG_DECIMAL("Decimal(38, %d)"),
    TEXT_MAP("Map(String, String)"),
    BOOL_ARRAY("Array(Bool)"),
    LONG("Int64"),
    BOOL("Bool"),
    DOUBLE("Float64");

    private final String type;

    Encoding(String type) {
      this.type = type;
    }

    private static Encoding of(DataType type) {
      if (type.equals(DataTypes.StringType)) {
        return TEXT;
      }
      if (type.equals(DataTypes.DateType)) {
        return DATE;
      }
      if (type.equals(DataTypes.TimestampType)) {
        return TIMESTAMP;
      }
      if (type.equals(DataTypes.LongType)) {
        return LONG;
      }
      if (type.equals(DataTypes.BooleanType)) {
        return BOOL;
      }
      if (type.equals(DataTypes.DoubleType)) {
        return DOUBLE;
      }
      if (type instanceof DecimalType decimal && decimal.precision() == DECIMAL_DIGITS) {
        return DECIMAL;
      }
      if (type instanceof DecimalType decimal && decimal.precision() == LONG_DECIMAL_DIGITS) {
        return LONG_DECIMAL;
      }
      if (type instanceof MapType map
          && map.keyType().equals(DataTypes.StringType)
          && map.valueType().equals(DataTypes.StringType)) {
        return TEXT_MAP;
      }
      if (type instanceof ArrayType array && array.elementType().equals(DataTypes.BooleanType)) {
        return BOOL_ARRAY;
      }
      throw new IllegalArgumentException("no column of Spark type " + type.sql() + " is written");
    }
  }

  /** The precision of decimals that fit into 64 bits. */
  private static final int DECIMAL_DIGITS = 18;

  /** The precision of decimals that fit into 128 bits. */
  private static final int LONG_DECIMAL_DIGITS = 38;

  private static final int START_BYTES = 1 << 16;

  private final String name;
  private final Encoding encoding;
  private final int scale;
  private final boolean isNullable;
  // Of maps: the texts of all rows, by key and value.
  private final NativeColumn keys;
  // Of arrays, too.
  private final NativeColumn values;
  private byte[] bytes = new byte[START_BYTES];
  private byte[] nulls = new byte[0];
  private int length;
  private int rows;

  NativeColumn(String name, DataType type, boolean isNullable) {
    this.name = name;
    this.encoding = Encoding.of(type);
    this.scale = type instanceof DecimalType decimal ? decimal.scale() : 0;
    this.isNullable = isNullable;
    this.keys =
        encoding == Encoding.TEXT_MAP ? new NativeColumn(name, DataTypes.StringType, false) : null;
    this.values =
        switch (encoding) {
          case TEXT_MAP -> new NativeColumn(name, DataTypes.StringType, false);
          case BOOL_ARRAY -> new NativeColumn(name, DataTypes.BooleanType, false);
          default -> null;
        };
  }

  String name() {
    return name;
  }

  String type() {
    String type = String.format(Locale.ROOT, encoding.type, scale);
    return isNullable ? "Nullable(" + type + ")" : type;
  }

  int length() {
    int entries = (keys == null ? 0 : keys.length()) + (values == null ? 0 : values.length());
    return length + (isNullable ? rows : 0) + entries;
  }

  /** Adds the value at a place of a row. */
  void add(InternalRow row, int ordinal) {
    boolean isNull = row.isNullAt(ordinal);
    if (isNullable) {
      markNull(isNull);
    } else if (isNull) {
      throw new IllegalArgumentException("column " + name + " must not be null");
    }
    switch (encoding) {
      case DATE -> addShort(isNull ? 0 : row.getInt(ordinal));
      case TIMESTAMP, LONG -> addLong(isNull ? 0 : row.getLong(ordinal));
      case DECIMAL ->
          addLong(isNull ? 0 : row.getDecimal(ordinal, DECIMAL_DIGITS, scale).toUnscaledLong());
      case LONG_DECIMAL ->
          addWide(
              isNull
                  ? BigInteger.ZERO
                  : row.getDecimal(ordinal, LONG_DECIMAL_DIGITS, scale)
                      .toJavaBigDecimal()
                      .unscaledValue());
      case TEXT_MAP -> {
        if (!isNull) {
          addEntries(row, ordinal);
        }
        addLong(values.rows);
      }
      case BOOL_ARRAY -> {
        if (!isNull) {
          addElements(row, ordinal);
        }
        addLong(values.rows);
      }
      case BOOL -> addByte(!isNull && row.getBoolean(ordinal) ? 1 : 0);
      case DOUBLE -> addLong(isNull ? 0 : Double.doubleToLongBits(row.getDouble(ordinal)));
      case TEXT -> addText(isNull ? UTF8String.EMPTY_UTF8 : row.getUTF8String(ordinal));
    }
    rows++;
  }

  /** Writes nulls, then values, as a block wants them. */
  void writeTo(OutputStream out) throws IOException {
    if (isNullable) {
      out.write(nulls, 0, rows);
    }
    out.write(bytes, 0, length);
    if (keys != null) {
      keys.writeTo(out);
    }
    if (values != null) {
      values.writeTo(out);
    }
  }

  void clear() {
    length = 0;
    rows = 0;
    if (keys != null) {
      keys.clear();
    }
    if (values != null) {
      values.clear();
    }
  }

  private void markNull(boolean isNull) {
    if (rows == nulls.length) {
      nulls = Arrays.copyOf(nulls, Math.max(1024, nulls.length * 2));
    }
    nulls[rows] = (byte) (isNull ? 1 : 0);
  }

  private void addByte(int value) {
    reserve(1);
    bytes[length++] = (byte) value;
  }

  private void addShort(int value) {
    if (value < 0 || value > 0xFFFF) {
      throw new IllegalArgumentException("column " + name + ": day " + value + " is no Date");
    }
    reserve(2);
    bytes[length++] = (byte) value;
    bytes[length++] = (byte) (value >>> 8);
  }

  private void addLong(long value) {
    reserve(8);
    // Native format is little-endian, as are the machines that Spark runs on.
    Platform.putLong(bytes, Platform.BYTE_ARRAY_OFFSET + length, value);
    length += 8;
  }

  private void addWide(BigInteger value) {
    addLong(value.longValue());
    addLong(value.shiftRight(Long.SIZE).longValue());
  }

  private void addEntries(InternalRow row, int ordinal) {
    var map = row.getMap(ordinal);
    for (int i = 0; i < map.numElements(); i++) {
      keys.addEntry(map.keyArray().getUTF8String(i));
      values.addEntry(map.valueArray().getUTF8String(i));
    }
  }

  private void addElements(InternalRow row, int ordinal) {
    var array = row.getArray(ordinal);
    for (int i = 0; i < array.numElements(); i++) {
      if (array.isNullAt(i)) {
        throw new IllegalArgumentException("column " + name + " must not hold null");
      }
      values.addByte(array.getBoolean(i) ? 1 : 0);
    }
    values.rows += array.numElements();
  }

  private void addEntry(UTF8String text) {
    addText(text);
    rows++;
  }

  private void addText(UTF8String text) {
    int size = text.numBytes();
    reserve(size + 5);
    length = Varint.put(bytes, length, size);
    text.writeToMemory(bytes, Platform.BYTE_ARRAY_OFFSET + length);
    length += size;
  }

  private void reserve(int more) {
    int needed = Math.addExact(length, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(bytes.length * 2L, 1 << 30)));
    }
  }
}
