package edtech.analytics.transform;

import edtech.analytics.input.ParsedColumn;
import edtech.analytics.input.ParsedRow;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/** How many lines of each object had which outcome, in one partition. */
final class Outcomes {
  private static final int OBJECT = ParsedColumn.OBJECT.ordinal();
  private static final int REASON = ParsedColumn.REASON.ordinal();

  /** Lines with the same outcome; either the kind or the reason is null. */
  private record Outcome(int object, String name, UTF8String eventKind, UTF8String reason) {}

  private final Map<Outcome, long[]> lines = new HashMap<>();

  /**
   * Accepted events of the current object by group, not yet added to the map. Rows of one object
   * come together, so this saves a lookup for each row.
   */
  private final long[] accepted = new long[RowGroup.values().length];

  private int object;

  void accepted(InternalRow event, RowGroup group) {
    int objectOfEvent = event.getInt(OBJECT);
    if (objectOfEvent != object) {
      addAccepted();
      object = objectOfEvent;
    }
    accepted[group.ordinal()]++;
  }

  void rejected(InternalRow line) {
    add(line.getInt(OBJECT), "rejected", null, line.getUTF8String(REASON), 1);
  }

  /** An event that was accepted, and has lost since. */
  void lost(Contender loser, boolean isDuplicate) {
    add(loser.object(), "accepted", loser.eventKind(), null, -1);
    if (isDuplicate) {
      add(loser.object(), "duplicate", loser.eventKind(), null, 1);
    } else {
      add(loser.object(), "rejected", null, ParsedRow.CONFLICTING_DUPLICATE, 1);
    }
  }

  /** As rows of kind outcome. */
  Iterator<InternalRow> rows() {
    addAccepted();
    return lines.entrySet().stream().map(Outcomes::row).iterator();
  }

  private static InternalRow row(Map.Entry<Outcome, long[]> counted) {
    Outcome outcome = counted.getKey();
    return ParsedRow.outcome(
        outcome.object(),
        outcome.name(),
        outcome.eventKind(),
        outcome.reason(),
        counted.getValue()[0]);
  }

  private void addAccepted() {
    for (RowGroup group : RowGroup.EVENTS) {
      long more = accepted[group.ordinal()];
      if (more > 0) {
        add(object, "accepted", group.eventKind(), null, more);
        accepted[group.ordinal()] = 0;
      }
    }
  }

  private void add(int object, String name, UTF8String eventKind, UTF8String reason, long more) {
    long[] n = lines.get(new Outcome(object, name, eventKind, reason));
    if (n == null) {
      n = new long[1];
      // The next row reuses the memory of these texts.
      lines.put(new Outcome(object, name, copy(eventKind), copy(reason)), n);
    }
    n[0] += more;
  }

  private static UTF8String copy(UTF8String text) {
    return text == null ? null : text.copy();
  }
}
