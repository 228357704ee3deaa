package edtech.analytics.spark;

import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/** A row in Spark's binary form over bytes that the caller has laid out. Not thread-safe. */
public final class BinaryRow {
  private final UnsafeRow row;

  public BinaryRow(int columns) {
    this.row = new UnsafeRow(columns);
  }

  /** Place of the first value, behind a bit a column that says which of them are null. */
  public static int valuesAt(int columns) {
    return UnsafeRow.calculateBitSetWidthInBytes(columns);
  }

  /** The row over these bytes, without nulls but those that they say; the same every time. */
  public InternalRow over(byte[] bytes, int length) {
    row.pointTo(bytes, length);
    return row;
  }
}
