package edtech.analytics.clickhouse.store;

import edtech.analytics.source.EventField;
import edtech.analytics.source.FieldPath;
import edtech.analytics.source.FieldValue;
import edtech.analytics.source.Mapping;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * When the event of a rejected line was, as an expression of SQL over {@code line}; NULL where the
 * line does not tell, or only by what a rule of the mapping says.
 *
 * @param sql of type {@code Nullable(DateTime64(3, 'UTC'))}
 * @param parameters its values
 */
record LineTime(String sql, Map<String, Object> parameters) {
  private static final String NATIVE =
      """
      if(JSONType(line, 'event_timestamp') IN ('Int64', 'UInt64'),
          toNullable(fromUnixTimestamp64Milli(JSONExtractInt(line, 'event_timestamp'), 'UTC')),
          parseDateTime64BestEffortOrNull(JSONExtractString(line, 'event_timestamp'), 3, 'UTC'))""";

  /** The first text or integer of those at the paths; integers of any unit. */
  private static final String MAPPED =
      """
      if(match(arrayFirst(text -> text != '', [%1$s]) AS time, '^[0-9]{9,19}$'),
          toNullable(fromUnixTimestamp64Milli(
              multiIf(
                  length(time) <= 10, toInt64OrZero(time) * 1000,
                  length(time) <= 13, toInt64OrZero(time),
                  length(time) <= 16, intDiv(toInt64OrZero(time), 1000),
                  intDiv(toInt64OrZero(time), 1000000)),
              'UTC')),
          parseDateTime64BestEffortOrNull(time, 3, 'UTC'))""";

  private static final String TEXT =
      "if(JSONType(%1$s, %2$s) IN ('Int64', 'UInt64'), toString(JSONExtractInt(%1$s, %2$s)),"
          + " JSONExtractString(%1$s, %2$s))";

  /** The object of a line, where text may stand before it. */
  static final String OBJECT = "if(isValidJSON(line), line, substring(line, position(line, '{')))";

  static LineTime of(Mapping mapping) {
    if (mapping.isNative()) {
      return new LineTime(NATIVE, Map.of());
    }
    FieldValue value = mapping.fields().get(EventField.EVENT_TIMESTAMP);
    List<FieldPath> paths = value == null ? List.of() : value.paths();
    Map<String, Object> names = new LinkedHashMap<>();
    String texts = paths.stream().map(path -> text(path, names)).collect(Collectors.joining(", "));
    return new LineTime(String.format(Locale.ROOT, MAPPED, texts.isEmpty() ? "''" : texts), names);
  }

  private static String text(FieldPath path, Map<String, Object> names) {
    List<FieldPath.Step> steps = path.steps();
    String arguments =
        IntStream.range(0, steps.size())
            .mapToObj(
                i -> {
                  String name = "step" + names.size();
                  names.put(name, steps.get(i).name());
                  return "{" + name + ":String}";
                })
            .collect(Collectors.joining(", "));
    return String.format(Locale.ROOT, TEXT, OBJECT, arguments);
  }
}
