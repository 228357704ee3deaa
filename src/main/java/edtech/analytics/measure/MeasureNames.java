package edtech.analytics.measure;

import java.util.List;

/** The names of dimensions and of metrics that the tables of a day have, each in order. */
public record MeasureNames(List<String> dimensions, List<String> metrics) {
  public MeasureNames {
    dimensions = dimensions.stream().sorted().toList();
    metrics = metrics.stream().sorted().toList();
  }
}
