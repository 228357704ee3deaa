package edtech.analytics.clickhouse.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.spark.InternalRows;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NativeBlockTest {
  private static final InternalRow NONE = new GenericInternalRow(new Object[0]);

  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "1, 01",
    "127, 7f",
    "128, 8001",
    "300, ac02",
    "16383, ff7f",
    "16384, 808001",
    "2147483647, ffffffff07"
  })
  void varint_written_hasSevenBitsAByte(int value, String hex) {
    byte[] bytes = new byte[7];
    int end = Varint.put(bytes, 1, value);
    assertThat(HexFormat.of().formatHex(bytes, 1, end)).isEqualTo(hex);
  }

  @Test
  void block_ofTwoColumns_isByteForByteNative() {
    NativeBlock block =
        new NativeBlock(
            List.of(
                new NativeColumn("n", DataTypes.LongType, false),
                new NativeColumn("t", DataTypes.StringType, true)));
    block.add(new GenericInternalRow(new Object[] {-2L, UTF8String.fromString("é")}), NONE);
    block.add(new GenericInternalRow(new Object[] {3L, null}), NONE);
    assertThat(written(block::writeTo))
        .isEqualTo(
            "0202"
                + ("01" + "6e" + "05" + hex("Int64"))
                + ("feffffffffffffff" + "0300000000000000")
                + ("01" + "74" + "10" + hex("Nullable(String)"))
                + ("0001" + "02c3a9" + "00"));
    assertThat(block.rows()).isEqualTo(2);
  }

  @Test
  void block_cleared_isReusedFromItsStart() {
    NativeBlock block =
        new NativeBlock(List.of(new NativeColumn("t", DataTypes.StringType, false)));
    block.add(
        new GenericInternalRow(new Object[] {UTF8String.fromString("x".repeat(200_000))}), NONE);
    assertThat(block.bytes()).isEqualTo(200_003);
    assertThat(written(block::writeTo)).isEqualTo(written(block::writeTo));
    block.clear();
    assertThat(block.rows()).isZero();
    assertThat(block.bytes()).isZero();
    block.add(new GenericInternalRow(new Object[] {UTF8String.fromString("y")}), NONE);
    assertThat(written(block::writeTo))
        .isEqualTo("0101" + "01" + "74" + "06" + hex("String") + "01" + hex("y"));
  }

  @Test
  void values_ofEachType_areLittleEndian() {
    assertThat(value(DataTypes.DateType, 258)).isEqualTo("0201");
    assertThat(value(DataTypes.DateType, 65535)).isEqualTo("ffff");
    assertThat(value(DataTypes.BooleanType, true)).isEqualTo("01");
    assertThat(value(DataTypes.BooleanType, false)).isEqualTo("00");
    assertThat(value(DataTypes.DoubleType, 1.0)).isEqualTo("000000000000f03f");
    assertThat(value(DataTypes.TimestampType, 1_000_000L)).isEqualTo("40420f0000000000");
    assertThat(value(DataTypes.createDecimalType(18, 2), Decimal.apply(-1, 18, 2)))
        .isEqualTo("ffffffffffffffff");
    assertThat(value(DataTypes.createDecimalType(18, 6), Decimal.apply(258, 18, 6)))
        .isEqualTo("0201000000000000");
    assertThat(new NativeColumn("s", DataTypes.createDecimalType(18, 6), true).type())
        .isEqualTo("Nullable(Decimal(18, 6))");
    assertThat(value(DataTypes.StringType, UTF8String.EMPTY_UTF8)).isEqualTo("00");
  }

  @Test
  void wideDecimals_areSixteenBytes() {
    DataType type = DataTypes.createDecimalType(38, 6);
    assertThat(value(type, Decimal.apply(new BigDecimal("-0.000002"), 38, 6)))
        .isEqualTo("feffffffffffffff" + "ffffffffffffffff");
    assertThat(value(type, Decimal.apply(new BigDecimal("18446744073709.551617"), 38, 6)))
        .isEqualTo("0100000000000000" + "0100000000000000");
    assertThat(new NativeColumn("d", type, false).type()).isEqualTo("Decimal(38, 6)");
  }

  @Test
  void maps_areTheirEndsThenKeysThenValues() {
    NativeBlock block =
        new NativeBlock(
            List.of(
                new NativeColumn(
                    "m",
                    DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType),
                    false)));
    for (int round = 0; round < 2; round++) {
      block.add(InternalRows.of(InternalRows.map(new TreeMap<>(Map.of("a", "x", "b", "")))), NONE);
      block.add(InternalRows.of(InternalRows.map(Map.of())), NONE);
      block.add(InternalRows.of(InternalRows.map(Map.of("c", "é"))), NONE);
      assertThat(written(block::writeTo))
          .isEqualTo(
              "0103"
                  + ("01" + "6d" + "13" + hex("Map(String, String)"))
                  + ("0200000000000000" + "0200000000000000" + "0300000000000000")
                  + ("0161" + "0162" + "0163")
                  + ("0178" + "00" + "02c3a9"));
      assertThat(block.bytes()).isEqualTo(24 + 6 + 6);
      block.clear();
      assertThat(block.bytes()).isZero();
    }
  }

  @Test
  void arrays_areTheirEndsThenValues() {
    DataType type = DataTypes.createArrayType(DataTypes.BooleanType);
    NativeBlock block = new NativeBlock(List.of(new NativeColumn("a", type, false)));
    for (int round = 0; round < 2; round++) {
      for (boolean[] each : new boolean[][] {{true, false}, {}, {true}}) {
        block.add(InternalRows.of(UnsafeArrayData.fromPrimitiveArray(each)), NONE);
      }
      assertThat(written(block::writeTo))
          .isEqualTo(
              "0103"
                  + ("01" + "61" + "0b" + hex("Array(Bool)"))
                  + ("0200000000000000" + "0200000000000000" + "0300000000000000")
                  + "010001");
      assertThat(block.bytes()).isEqualTo(24 + 3);
      block.clear();
      assertThat(block.bytes()).isZero();
    }
    NativeColumn column = new NativeColumn("a", type, false);
    InternalRow withNull = InternalRows.of(new GenericArrayData(new Object[] {true, null}));
    assertThatThrownBy(() -> column.add(withNull, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("column a must not hold null");
    assertThatThrownBy(
            () ->
                new NativeColumn("a", DataTypes.createArrayType(DataTypes.LongType, false), false))
        .hasMessage("no column of Spark type ARRAY<BIGINT> is written");
  }

  @Test
  void nullInAColumnThatHasNone_isNamed() {
    NativeColumn column = new NativeColumn("user_id", DataTypes.StringType, false);
    assertThatThrownBy(() -> column.add(new GenericInternalRow(new Object[] {null}), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("column user_id must not be null");
  }

  @Test
  void dayBeyondDate_isNamed() {
    NativeColumn column = new NativeColumn("event_date", DataTypes.DateType, false);
    for (int day : new int[] {-1, 65536}) {
      assertThatThrownBy(() -> column.add(new GenericInternalRow(new Object[] {day}), 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("column event_date: day " + day + " is no Date");
    }
  }

  @Test
  void typeThatIsNotWritten_isNamed() {
    assertThatThrownBy(() -> new NativeColumn("f", DataTypes.FloatType, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no column of Spark type FLOAT is written");
    assertThatThrownBy(() -> new NativeColumn("m", DataTypes.createDecimalType(20, 3), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no column of Spark type DECIMAL(20,3) is written");
  }

  @Test
  void manyRows_column_growsAndKeepsThem() {
    NativeColumn column = new NativeColumn("n", DataTypes.LongType, true);
    for (long n = 0; n < 20_000; n++) {
      column.add(new GenericInternalRow(new Object[] {n % 3 == 0 ? null : n}), 0);
    }
    assertThat(column.length()).isEqualTo(20_000 * 9);
    byte[] copy = HexFormat.of().parseHex(written(column::writeTo));
    assertThat(copy).hasSize(20_000 * 9);
    assertThat(copy[0]).isEqualTo((byte) 1);
    assertThat(copy[19_999]).isEqualTo((byte) (19_999 % 3 == 0 ? 1 : 0));
    assertThat(copy[20_000 + 19_999 * 8] & 0xFF).isEqualTo(19_999 & 0xFF);
  }

  private static String value(DataType type, Object value) {
    NativeColumn column = new NativeColumn("c", type, false);
    column.add(new GenericInternalRow(new Object[] {value}), 0);
    return written(column::writeTo);
  }

  private static String written(ClickHouse.Block block) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      block.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HexFormat.of().formatHex(out.toByteArray());
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }
}
