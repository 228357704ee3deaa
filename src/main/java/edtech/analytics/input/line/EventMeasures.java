package edtech.analytics.input.line;

import edtech.analytics.measure.Dimension;
import edtech.analytics.measure.Measures;
import edtech.analytics.measure.Metric;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Takes the values of dimensions and the contributions to metrics out of an event.
 *
 * <p>Not thread-safe.
 */
final class EventMeasures {
  private static final int MOST_CHARACTERS = 100;
  private static final long ONE = 1_000_000;

  /** See {@link Metric.Condition}. */
  private record Test(int path, Set<UTF8String> texts) {}

  /**
   * See {@link Metric}.
   *
   * @param sum -1 = events are counted
   */
  private record Count(int number, Test[] tests, int sum) {}

  private final int[] dimensions;
  private final Map<UTF8String, List<Count>> counts = new HashMap<>();
  private final Fields.Text text = new Fields.Text();

  EventMeasures(Measures measures) {
    MeasurePaths paths = new MeasurePaths(measures);
    this.dimensions =
        measures.dimensions().stream().map(Dimension::path).mapToInt(paths::number).toArray();
    for (int i = 0; i < measures.metrics().size(); i++) {
      Metric metric = measures.metrics().get(i);
      Test[] tests =
          metric.where().stream()
              .map(condition -> new Test(paths.number(condition.path()), texts(condition)))
              .toArray(Test[]::new);
      int sum = metric.sum() == null ? -1 : paths.number(metric.sum());
      Count count = new Count(i, tests, sum);
      for (String type : metric.eventTypes()) {
        counts.computeIfAbsent(UTF8String.fromString(type), t -> new ArrayList<>()).add(count);
      }
    }
  }

  private static Set<UTF8String> texts(Metric.Condition condition) {
    Set<UTF8String> texts = new HashSet<>();
    condition.texts().forEach(each -> texts.add(UTF8String.fromString(each)));
    return texts;
  }

  /**
   * Measures an event.
   *
   * @param into has the type of the event, and no measures yet
   */
  void measure(Fields fields, ParsedLine into) {
    for (int path : dimensions) {
      fields.take(path, text);
      into.measured.addValue(dimensionValue());
    }
    List<Count> ofType = counts.isEmpty() ? null : counts.get(into.eventType);
    if (ofType != null) {
      for (Count count : ofType) {
        if (holds(fields, count.tests())) {
          add(fields, count, into.measured);
        }
      }
    }
  }

  private UTF8String dimensionValue() {
    return switch (text.kind) {
      case STRING, STRING_WITH_NUL -> {
        boolean isBlank = UnicodeWhitespace.isBlank(text.bytes, text.start, text.end);
        yield isBlank ? null : cut(text.toText());
      }
      case INTEGER, BOOLEAN -> cut(EventRules.integer(text.kind, text.toText()));
      default -> null;
    };
  }

  private static UTF8String cut(UTF8String value) {
    return value.numBytes() <= MOST_CHARACTERS ? value : value.substring(0, MOST_CHARACTERS);
  }

  private boolean holds(Fields fields, Test[] tests) {
    for (Test test : tests) {
      fields.take(test.path(), text);
      boolean holds =
          switch (text.kind) {
            case ABSENT, NULL, NESTED -> false;
            default -> test.texts().contains(text.toText());
          };
      if (!holds) {
        return false;
      }
    }
    return true;
  }

  private void add(Fields fields, Count count, Measured into) {
    if (count.sum() < 0) {
      into.addMetric(count.number(), ONE, true);
      return;
    }
    fields.take(count.sum(), text);
    long millionths =
        switch (text.kind) {
          case STRING, INTEGER, DECIMAL ->
              AmountParser.millionths(
                  new String(
                      text.bytes, text.start, text.end - text.start, StandardCharsets.ISO_8859_1));
          default -> AmountParser.NOT_AN_AMOUNT;
        };
    boolean isNumeric = millionths != AmountParser.NOT_AN_AMOUNT;
    into.addMetric(count.number(), isNumeric ? millionths : 0, isNumeric);
  }
}
