package edtech.analytics.load;

import edtech.analytics.clickhouse.store.LineCounts;
import edtech.analytics.clickhouse.store.RejectedLines;
import edtech.analytics.source.EventField;
import edtech.analytics.source.FieldPath;
import edtech.analytics.source.FieldValue;
import edtech.analytics.source.Mapping;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Says which field a mapping finds in nearly no line, and where it looked: with the keys of a line,
 * which the message has as well, that is what a mapping is mended with.
 */
final class MappingHint {
  /** Of the lines that were to be events. */
  private static final double NEARLY_ALL = 0.9;

  private MappingHint() {}

  /** What is wrong with the rejected lines of a load, with the hint. */
  static String faults(RejectedLines rejected, Mapping mapping, LineCounts counts) {
    return rejected.faults() + of(mapping, counts, rejected::missingFields);
  }

  /**
   * The hint, to be added to the faults; '' when an event was accepted, or no field is to blame.
   *
   * @param missing of each field, in how many lines it is missing, the most frequent one first;
   *     asked for when it matters
   */
  static String of(Mapping mapping, LineCounts counts, Supplier<Map<String, Long>> missing) {
    if (mapping.isNative() || counts.accepted() > 0) {
      return "";
    }
    return missing.get().entrySet().stream()
        .filter(field -> field.getValue() >= NEARLY_ALL * (counts.judged() + counts.late()))
        .findFirst()
        .map(field -> text(field.getKey(), field.getValue(), mapping))
        .orElse("");
  }

  private static String text(String key, long lines, Mapping mapping) {
    EventField field = EventField.named(key);
    FieldValue value = field == null ? null : mapping.fields().get(field);
    return String.format(
        Locale.ROOT,
        "; %,d lines have no %s: source.fields.%s %s",
        lines,
        key,
        key,
        value == null ? "is not set" : where(value));
  }

  private static String where(FieldValue value) {
    String paths =
        value.paths().stream().map(FieldPath::toString).collect(Collectors.joining(", "));
    return switch (value.how()) {
      case FIRST -> "was looked for at " + paths;
      case JOIN -> "is joined of all of " + paths;
      case DIGEST, CONSTANT -> "is in every line, but a rule of source.events gives it anew";
    };
  }
}
