package edtech.analytics.transform;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.log2;
import static org.apache.spark.sql.functions.octet_length;
import static org.apache.spark.sql.functions.sum;

import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/**
 * How many rows a query gives, and how many of each size: a class has the rows of 2^n to below
 * 2^(n+1) bytes. Bytes are those of the texts, and 16 for each other column.
 *
 * @param classes the largest rows first
 */
public record RowSizes(List<SizeClass> classes) {
  private static final long OTHER_COLUMN = 16;

  /** The rows of about one size, with the bytes of all of them. */
  record SizeClass(long rows, long bytes) {
    /** Bytes of one of its rows, rounded up. */
    private long each() {
      return (bytes + rows - 1) / rows;
    }
  }

  /** Runs the query once. */
  public static RowSizes of(Dataset<Row> rows) {
    Column size = lit(0L);
    for (StructField field : rows.schema().fields()) {
      size =
          size.plus(
              field.dataType().equals(DataTypes.StringType)
                  ? coalesce(octet_length(col(field.name())), lit(0)).cast("bigint")
                  : lit(OTHER_COLUMN));
    }
    List<SizeClass> classes =
        rows
            .select(size.as("size"))
            .groupBy(floor(log2(col("size").plus(lit(1L)))))
            .agg(count(lit(1)).as("rows"), sum("size").as("bytes"))
            .collectAsList()
            .stream()
            .map(row -> new SizeClass(row.getLong(1), row.getLong(2)))
            .sorted(Comparator.comparingLong(SizeClass::each).reversed())
            .toList();
    return new RowSizes(classes);
  }

  public long rows() {
    return classes.stream().mapToLong(SizeClass::rows).sum();
  }

  /** So many rows are at most that many bytes together, whichever they are; 1 at least. */
  public long rowsWithin(long bytes) {
    long fitting = 0;
    long left = bytes;
    for (SizeClass one : classes) {
      long fit = one.each() == 0 ? one.rows() : left / one.each();
      if (fit < one.rows()) {
        return Math.max(1, fitting + fit);
      }
      fitting += one.rows();
      left -= one.bytes();
    }
    return Math.max(1, fitting);
  }
}
