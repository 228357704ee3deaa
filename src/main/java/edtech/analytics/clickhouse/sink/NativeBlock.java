package edtech.analytics.clickhouse.sink;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;

/** A batch of rows as one block in ClickHouse's Native format. Reused from batch to batch. */
final class NativeBlock {
  private static final int HEAD_BYTES = 20;

  private final List<NativeColumn> columns;
  private byte[] block = new byte[0];
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

  /** Writes the block into {@link #block()}; returns its length. */
  int assemble() {
    long needed = HEAD_BYTES;
    for (NativeColumn column : columns) {
      needed += column.length() + 2L * HEAD_BYTES + head(column).length;
    }
    if (needed > block.length) {
      block = new byte[Math.toIntExact(needed + needed / 8)];
    }
    int at = Varint.put(block, 0, columns.size());
    at = Varint.put(block, at, rows);
    for (NativeColumn column : columns) {
      byte[] head = head(column);
      System.arraycopy(head, 0, block, at, head.length);
      at = column.copyTo(block, at + head.length);
    }
    return at;
  }

  byte[] block() {
    return block;
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
