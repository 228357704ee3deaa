package edtech.analytics.trial;

import edtech.analytics.input.line.EventKind;
import edtech.analytics.input.line.Measured;
import edtech.analytics.input.line.ParsedLine;
import edtech.analytics.measure.MeasureNames;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The columns of an event as text, in the order of the contract; those that are '' are left out.
 */
final class EventColumns {
  private EventColumns() {}

  /**
   * The columns of an event.
   *
   * @param names of the dimensions and metrics that it was parsed for
   */
  static Map<String, String> of(ParsedLine event, MeasureNames names) {
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("event_type", event.eventType());
    columns.put("kind", event.kind().code());
    columns.put("user_id", event.userId());
    columns.put(
        "event_timestamp",
        Instant.EPOCH.plusNanos(Math.multiplyExact(event.timestampMicros(), 1000L)).toString());
    columns.put("event_id", event.eventId());
    columns.put("session_id", event.sessionId());
    columns.put("platform", event.platform());
    columns.put("screen_name", event.screenName());
    columns.put("course_id", event.courseId());
    columns.put("lesson_id", event.lessonId());
    if (event.kind() == EventKind.PURCHASE) {
      columns.put(
          "purchase_amount",
          BigDecimal.valueOf(event.amountCents(), 2).toPlainString() + " " + event.currency());
    } else if (event.kind() == EventKind.TASK_RESULT) {
      columns.put("task_id", event.taskId());
      columns.put("task_result", event.taskResult() + (event.isSuccess() ? " (success)" : ""));
    } else if (event.kind() == EventKind.AB_ASSIGNMENT) {
      columns.put("ab_test_id", event.abTestId());
      columns.put("ab_group", event.abGroup());
    }
    columns.put("dimensions", dimensions(event.measured, names.dimensions()));
    columns.put("metrics", metrics(event.measured, names.metrics()));
    columns.put("properties", event.properties());
    columns.values().removeIf(String::isEmpty);
    return columns;
  }

  private static String dimensions(Measured measured, List<String> names) {
    return IntStream.range(0, measured.dimensions())
        .filter(i -> measured.value(i) != null)
        .mapToObj(i -> names.get(i) + " = " + measured.value(i))
        .collect(Collectors.joining(", "));
  }

  private static String metrics(Measured measured, List<String> names) {
    return IntStream.range(0, measured.metrics())
        .mapToObj(
            i ->
                names.get(measured.metric(i))
                    + (measured.isNumeric(i)
                        ? " + "
                            + BigDecimal.valueOf(measured.millionths(i), 6)
                                .stripTrailingZeros()
                                .toPlainString()
                        : " without a number"))
        .collect(Collectors.joining(", "));
  }
}
