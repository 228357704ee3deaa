package edtech.analytics.measure;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;

/**
 * The dimensions and metrics of the settings.
 *
 * @param dimensions by name
 * @param metrics by name
 */
public record Measures(List<Dimension> dimensions, List<Metric> metrics) implements Serializable {
  /** No dimension and no metric. */
  public static final Measures NONE = new Measures(List.of(), List.of());

  /** The most dimensions that may be set. */
  public static final int MOST_DIMENSIONS = 16;

  /** The most metrics that may be set. */
  public static final int MOST_METRICS = 64;

  public Measures {
    dimensions = dimensions.stream().sorted(Comparator.comparing(Dimension::name)).toList();
    metrics = metrics.stream().sorted(Comparator.comparing(Metric::name)).toList();
  }

  /** What the tables call them. */
  public MeasureNames names() {
    return new MeasureNames(
        dimensions.stream().map(Dimension::name).toList(),
        metrics.stream().map(Metric::name).toList());
  }
}
