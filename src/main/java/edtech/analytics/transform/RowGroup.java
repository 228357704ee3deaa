package edtech.analytics.transform;

import edtech.analytics.input.ParsedColumn;
import edtech.analytics.input.ParsedRow;
import edtech.analytics.input.line.EventKind;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/** Rows of a day that are kept together, so that a query for few events reads only those. */
enum RowGroup {
  PLAIN(EventKind.PLAIN),
  PURCHASE(EventKind.PURCHASE),
  TASK_RESULT(EventKind.TASK_RESULT),
  AB_ASSIGNMENT(EventKind.AB_ASSIGNMENT),
  LESSON_START(EventKind.LESSON_START),
  LESSON_COMPLETE(EventKind.LESSON_COMPLETE),
  /** Rejected lines and counts. */
  NO_EVENT(null);

  static final Set<RowGroup> EVENTS =
      Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(NO_EVENT)));

  // As an array: an iterator for each row costs more than the comparisons.
  private static final RowGroup[] BY_KIND = EVENTS.toArray(RowGroup[]::new);

  private static final int ROW_KIND = ParsedColumn.ROW_KIND.ordinal();
  private static final int EVENT_KIND = ParsedColumn.EVENT_KIND.ordinal();

  private final UTF8String eventKind;

  RowGroup(EventKind kind) {
    this.eventKind = kind == null ? null : UTF8String.fromString(kind.code());
  }

  /** The kind of its events; null of those that are none. */
  UTF8String eventKind() {
    return eventKind;
  }

  static RowGroup of(InternalRow row) {
    if (!ParsedRow.EVENT.equals(row.getUTF8String(ROW_KIND))) {
      return NO_EVENT;
    }
    UTF8String kind = row.getUTF8String(EVENT_KIND);
    for (RowGroup group : BY_KIND) {
      if (group.eventKind.equals(kind)) {
        return group;
      }
    }
    throw new IllegalStateException("no kind of event is named " + kind);
  }
}
