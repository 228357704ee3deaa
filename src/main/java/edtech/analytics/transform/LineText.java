package edtech.analytics.transform;

import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Gives the text of events, which the parsed day leaves out because almost no day needs it: only
 * lines in conflict with another of the same id are shown as they came.
 */
public interface LineText {
  /**
   * Rows of {@code line_key} and {@code line} for every event of some objects.
   *
   * @param objects their numbers
   */
  Dataset<Row> of(Set<Integer> objects);
}
