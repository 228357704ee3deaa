package edtech.analytics.input.line;

import edtech.analytics.measure.Measures;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * What one event says of the dimensions and metrics that are set.
 *
 * <p>Reused from event to event; not thread-safe.
 */
public final class Measured {
  private final UTF8String[] values = new UTF8String[Measures.MOST_DIMENSIONS];
  private int dimensions;
  private final int[] numbers = new int[Measures.MOST_METRICS];
  private final long[] millionths = new long[Measures.MOST_METRICS];
  private final boolean[] isNumeric = new boolean[Measures.MOST_METRICS];
  private int metrics;

  void clear() {
    dimensions = 0;
    metrics = 0;
  }

  void addValue(UTF8String value) {
    values[dimensions++] = value;
  }

  void addMetric(int number, long total, boolean numeric) {
    numbers[metrics] = number;
    millionths[metrics] = total;
    isNumeric[metrics++] = numeric;
  }

  /** How many dimensions are set. */
  public int dimensions() {
    return dimensions;
  }

  /** The event's value of a dimension, by its place among the names; null = it has none. */
  public UTF8String value(int dimension) {
    return values[dimension];
  }

  /** For how many metrics the event counts. */
  public int metrics() {
    return metrics;
  }

  /** The place among the names of the i-th metric that the event counts for. */
  public int metric(int i) {
    return numbers[i];
  }

  /** What it adds to that metric, in millionths. */
  public long millionths(int i) {
    return millionths[i];
  }

  /** Whether it has a number to add. */
  public boolean isNumeric(int i) {
    return isNumeric[i];
  }
}
