package edtech.analytics.trial;

import edtech.analytics.input.line.EventKind;
import edtech.analytics.input.line.ParsedLine;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The columns of an event as text, in the order of the contract; those that are '' are left out.
 */
final class EventColumns {
  private EventColumns() {}

  static Map<String, String> of(ParsedLine event) {
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
    columns.put("properties", event.properties());
    columns.values().removeIf(String::isEmpty);
    return columns;
  }
}
