package edtech.analytics.input;

import edtech.analytics.input.line.EventKind;
import edtech.analytics.input.line.Measured;
import edtech.analytics.input.line.ParsedLine;
import edtech.analytics.spark.BinaryRow;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Writes events directly as rows in Spark's binary form. A row holds the line once, and texts that
 * are slices of the line point into it, which halves the bytes that are shuffled.
 *
 * <p>Reused from line to line; not thread-safe.
 */
final class EventRow {
  private static final int COLUMNS = ParsedColumn.values().length;
  private static final int VALUES_AT = BinaryRow.valuesAt(COLUMNS);
  private static final int TEXT_AT = VALUES_AT + COLUMNS * Long.BYTES;

  /** A metric is a row of its number and its total. */
  private static final int METRIC_AT = BinaryRow.valuesAt(2);

  private static final int METRIC_BYTES = METRIC_AT + 2 * Long.BYTES;

  private static final Map<EventKind, UTF8String> KINDS = new EnumMap<>(EventKind.class);

  static {
    for (EventKind kind : EventKind.values()) {
      KINDS.put(kind, UTF8String.fromString(kind.code()));
    }
  }

  private final BinaryRow row = new BinaryRow(COLUMNS);
  private byte[] bytes = new byte[1024];
  private int length;

  // The line, where it was parsed; the row has it at TEXT_AT.
  private byte[] buffer;
  private int offset;

  /**
   * The row of an event; the same object every time.
   *
   * @param line what was parsed out of the buffer
   */
  InternalRow of(
      int object, long lineStart, ParsedLine line, byte[] buffer, int offset, int lineLength) {
    this.buffer = buffer;
    this.offset = offset;
    length = TEXT_AT;
    reserve(lineLength);
    Arrays.fill(bytes, 0, TEXT_AT, (byte) 0);
    System.arraycopy(buffer, offset, bytes, TEXT_AT, lineLength);
    length += lineLength;

    boolean isPurchase = line.kind() == EventKind.PURCHASE;
    text(ParsedColumn.ROW_KIND, ParsedRow.EVENT);
    number(ParsedColumn.OBJECT, object);
    number(ParsedColumn.LINE_START, lineStart);
    // A date and a truth value take the low bytes of their place, which come first.
    number(ParsedColumn.EVENT_DATE, line.eventDay() & 0xFFFFFFFFL);
    number(ParsedColumn.EVENT_TIMESTAMP, line.timestampMicros());
    text(ParsedColumn.EVENT_ID, line.eventId);
    text(ParsedColumn.USER_ID, line.userId);
    text(ParsedColumn.SESSION_ID, line.sessionId);
    text(ParsedColumn.EVENT_TYPE, line.eventType);
    text(ParsedColumn.EVENT_KIND, KINDS.get(line.kind()));
    text(ParsedColumn.PLATFORM, line.platform);
    text(ParsedColumn.SCREEN_NAME, line.screenName);
    text(ParsedColumn.COURSE_ID, line.courseId);
    text(ParsedColumn.LESSON_ID, line.lessonId);
    text(ParsedColumn.PROPERTIES, line.properties);
    number(ParsedColumn.PURCHASE_AMOUNT, line.amountCents());
    text(ParsedColumn.CURRENCY, line.currency);
    text(ParsedColumn.TASK_ID, line.taskId);
    text(ParsedColumn.TASK_RESULT, line.taskResult);
    number(ParsedColumn.IS_SUCCESS, line.isSuccess() ? 1 : 0);
    text(ParsedColumn.AB_TEST_ID, line.abTestId);
    text(ParsedColumn.AB_GROUP, line.abGroup);
    place(ParsedColumn.LINE, TEXT_AT, lineLength);
    dimensions(line.measured);
    metrics(line.measured);
    pad();
    InternalRow event = row.over(bytes, length);
    for (ParsedColumn column : ParsedColumn.OF_NO_EVENT) {
      event.setNullAt(column.ordinal());
    }
    if (!isPurchase) {
      event.setNullAt(ParsedColumn.PURCHASE_AMOUNT.ordinal());
    }
    if (line.measured.dimensions() == 0) {
      event.setNullAt(ParsedColumn.DIMENSIONS.ordinal());
    }
    if (line.measured.metrics() == 0) {
      event.setNullAt(ParsedColumn.METRICS.ordinal());
    }
    return event;
  }

  private void dimensions(Measured measured) {
    if (measured.dimensions() == 0) {
      return;
    }
    int array = beginArray(measured.dimensions());
    for (int i = 0; i < measured.dimensions(); i++) {
      UTF8String value = measured.value(i);
      if (value == null) {
        BinaryRow.setNull(bytes, array + Long.BYTES, i);
        continue;
      }
      int size = value.numBytes();
      int at = length;
      reserve(size);
      value.writeToMemory(bytes, Platform.BYTE_ARRAY_OFFSET + at);
      length += size;
      pad();
      int element = BinaryRow.arrayValueAt(array, measured.dimensions(), i);
      putLong(element, (long) (at - array) << 32 | size);
    }
    place(ParsedColumn.DIMENSIONS, array, length - array);
  }

  private void metrics(Measured measured) {
    if (measured.metrics() == 0) {
      return;
    }
    int array = beginArray(measured.metrics());
    for (int i = 0; i < measured.metrics(); i++) {
      int at = length;
      zeros(METRIC_BYTES);
      putLong(at + METRIC_AT, measured.metric(i));
      if (measured.isNumeric(i)) {
        putLong(at + METRIC_AT + Long.BYTES, measured.millionths(i));
      } else {
        BinaryRow.setNull(bytes, at, 1);
      }
      int element = BinaryRow.arrayValueAt(array, measured.metrics(), i);
      putLong(element, (long) (at - array) << 32 | METRIC_BYTES);
    }
    place(ParsedColumn.METRICS, array, length - array);
  }

  /** Begins an array of so many elements, each of them null or to be placed; where it begins. */
  private int beginArray(int elements) {
    pad();
    int array = length;
    zeros(BinaryRow.arrayValueAt(0, elements, elements));
    putLong(array, elements);
    return array;
  }

  private void zeros(int size) {
    reserve(size);
    Arrays.fill(bytes, length, length + size, (byte) 0);
    length += size;
  }

  private void putLong(int at, long value) {
    Platform.putLong(bytes, Platform.BYTE_ARRAY_OFFSET + (long) at, value);
  }

  private void number(ParsedColumn column, long value) {
    Platform.putLong(bytes, valueAt(column), value);
  }

  private void text(ParsedColumn column, UTF8String text) {
    int size = text.numBytes();
    if (text.getBaseObject() == buffer) {
      int inLine = (int) (text.getBaseOffset() - Platform.BYTE_ARRAY_OFFSET) - offset;
      place(column, TEXT_AT + inLine, size);
      return;
    }
    reserve(size);
    text.writeToMemory(bytes, Platform.BYTE_ARRAY_OFFSET + length);
    place(column, length, size);
    length += size;
  }

  private void place(ParsedColumn column, int at, int size) {
    Platform.putLong(bytes, valueAt(column), (long) at << 32 | size);
  }

  private static long valueAt(ParsedColumn column) {
    return Platform.BYTE_ARRAY_OFFSET + VALUES_AT + (long) column.ordinal() * Long.BYTES;
  }

  /** Rows end at a whole word. */
  private void pad() {
    reserve(Long.BYTES);
    while (length % Long.BYTES != 0) {
      bytes[length++] = 0;
    }
  }

  private void reserve(int more) {
    int needed = Math.addExact(length, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, needed + needed / 2));
    }
  }
}
