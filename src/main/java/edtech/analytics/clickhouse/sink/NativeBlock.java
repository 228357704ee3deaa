package edtech.analytics.clickhouse.sink;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;

/** A batch of rows as one block in ClickHouse's Native format. Reused from batch to batch. */
final class NativeBlock {
  /** Room for two numbers. */
  private static final int HEAD_BYTES = 10;

  private final List<NativeColumn> columns;
  private int rows;

  NativeBlock(List<NativeColumn> columns) {
    this.columns = columns;
  }

  /**
   * @param filled values of the last columns
   */
  void add(InternalRow row, InternalRow filled) {
    int given = columns.size() - filled.numFields();
    for (int i = 0; i < given; i++) {
      columns.get(i).add(row, i);
    }
    for (int i = given; i < columns.size(); i++) {
      columns.get(i).add(filled, i - given);
    }
    rows++;
  }

  int rows() {
    return rows;
  }

  /** Size of the values so far, in bytes. */
  long bytes() {
    long sum = 0;
    for (NativeColumn column : columns) {
      sum += column.length();
    }
    return sum;
  }

  /** Writes the block, the same one at every call until it is cleared. */
  void writeTo(OutputStream out) throws IOException {
    byte[] head = new byte[HEAD_BYTES];
    out.write(head, 0, Varint.put(head, Varint.put(head, 0, columns.size()), rows));
    for (NativeColumn column : columns) {
      out.write(head(column));
      column.writeTo(out);
    }
  }

  void clear() {
    columns.forEach(NativeColumn::clear);
    rows = 0;
  }

  private static byte[] head(NativeColumn column) {
    byte[] name = column.name().getBytes(StandardCharsets.UTF_8);
    byte[] type = column.type().getBytes(StandardCharsets.UTF_8);
    byte[] head = new byte[name.length + type.length + 10];
    int at = text(head, 0, name);
    return Arrays.copyOf(head, text(head, at, type));
  }

  private static int text(byte[] target, int at, byte[] value) {
    int next = Varint.put(target, at, value.length);
    System.arraycopy(value, 0, target, next, value.length);
    return next + value.length;
  }
}
