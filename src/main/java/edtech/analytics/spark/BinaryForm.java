package edtech.analytics.spark;

import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.types.StructType;

/** Brings rows of a schema into Spark's binary form. Not thread-safe. */
public final class BinaryForm {
  private final UnsafeProjection projection;

  public BinaryForm(StructType schema) {
    this.projection = UnsafeProjection.create(schema);
  }

  /** The row in binary form; the same object every time. */
  public InternalRow of(InternalRow row) {
    return projection.apply(row);
  }
}
