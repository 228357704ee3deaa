package edtech.analytics.spark;

import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.bitset.BitSetMethods;

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

  /**
   * Place of an element in an array, behind the number of elements and a bit an element that says
   * which of them are null.
   *
   * @param array place of the array
   */
  public static int arrayValueAt(int array, int elements, int element) {
    return array + UnsafeArrayData.calculateHeaderPortionInBytes(elements) + element * Long.BYTES;
  }

  /**
   * Marks a value as null.
   *
   * @param bits where the bits begin: at a row's own place, behind an array's number of elements
   */
  public static void setNull(byte[] bytes, int bits, int index) {
    BitSetMethods.set(bytes, Platform.BYTE_ARRAY_OFFSET + (long) bits, index);
  }

  /** The row over these bytes, without nulls but those that they say; the same every time. */
  public InternalRow over(byte[] bytes, int length) {
    row.pointTo(bytes, length);
    return row;
  }
}
