package edtech.analytics.spark;

import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.XXH64;
import org.apache.spark.sql.catalyst.util.ArrayBasedMapData;
import org.apache.spark.unsafe.types.UTF8String;

/** Rows and values in the form of Spark's interface for sources and sinks. */
public final class InternalRows {
  private static final long HASH_SEED = 42;

  private InternalRows() {}

  /**
   * A row over values as Spark keeps them: {@code UTF8String}, days and microseconds since 1970.
   */
  public static InternalRow of(Object... values) {
    return new GenericInternalRow(values);
  }

  /** A map of texts. */
  public static Object map(Map<String, String> texts) {
    return ArrayBasedMapData.apply(
        texts.keySet().stream().map(UTF8String::fromString).toArray(),
        texts.values().stream().map(UTF8String::fromString).toArray());
  }

  /** A hash of 64 bits, the same on every machine. */
  public static long hash(UTF8String text) {
    return XXH64.hashUTF8String(text, HASH_SEED);
  }
}
