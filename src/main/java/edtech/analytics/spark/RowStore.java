package edtech.analytics.spark;

import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.execution.ExternalAppendOnlyUnsafeRowArray;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Rows that a task keeps: in its memory, and on disk where that is not enough. Can be read any
 * number of times, by one reader at a time; not thread-safe.
 */
public final class RowStore {
  private static final int KEPT_AS_OBJECTS = 1024;

  private final ExternalAppendOnlyUnsafeRowArray rows =
      new ExternalAppendOnlyUnsafeRowArray(KEPT_AS_OBJECTS, Integer.MAX_VALUE);

  /** Adds a copy of a row, which has to be in the binary form. */
  public void add(InternalRow row) {
    rows.add((UnsafeRow) row);
  }

  /** The rows in the order in which they were added; each is valid until the next one is taken. */
  public Iterator<? extends InternalRow> iterator() {
    return CollectionConverters.asJava(rows.generateIterator());
  }

  public int size() {
    return rows.length();
  }

  /** Frees memory and disk. */
  public void clear() {
    rows.clear();
  }
}
