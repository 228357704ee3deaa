package edtech.analytics.input;

import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The rows of {@link EventSource}. {@code row_kind} says what a row is:
 *
 * <ul>
 *   <li>{@code event}: a valid event; {@code reason}, {@code detail} are null.
 *   <li>{@code rejected}: a rejected line; of the event's columns only {@code line} and {@code
 *       line_encoding} are set.
 *   <li>{@code lines}: how many lines a piece of an object held: {@code lines}, {@code
 *       blank_lines}, {@code other_day}; counted apart from the rows, so that the ledger can prove
 *       that none was lost on the way.
 *   <li>{@code wanted}: how many of a piece's events are of {@code event_date}: {@code lines}.
 *   <li>{@code refused}: the object as a whole can't be read; {@code reason} says why, in words.
 * </ul>
 *
 * {@code event_timestamp} is UTC; {@code event_date} its date in the configured zone; '' means
 * absent; {@code purchase_amount} is null unless the event is a purchase. {@code id_hash} is equal
 * for equal ({@code event_date}, {@code event_id}). {@code line_start} is the place of an event's
 * line in its (decompressed) object, in bytes.
 */
final class ParsedRow {
  static final UTF8String EVENT = UTF8String.fromString("event");
  static final UTF8String REJECTED = UTF8String.fromString("rejected");
  static final UTF8String REFUSED = UTF8String.fromString("refused");
  static final UTF8String LINES = UTF8String.fromString("lines");
  static final UTF8String WANTED = UTF8String.fromString("wanted");

  private static final DataType AMOUNT = DataTypes.createDecimalType(18, 2);

  static final StructType SCHEMA =
      new StructType()
          .add("row_kind", DataTypes.StringType)
          .add("object", DataTypes.IntegerType)
          .add("line_start", DataTypes.LongType)
          .add("id_hash", DataTypes.LongType)
          .add("event_date", DataTypes.DateType)
          .add("event_timestamp", DataTypes.TimestampType)
          .add("event_id", DataTypes.StringType)
          .add("user_id", DataTypes.StringType)
          .add("session_id", DataTypes.StringType)
          .add("event_type", DataTypes.StringType)
          .add("event_kind", DataTypes.StringType)
          .add("platform", DataTypes.StringType)
          .add("screen_name", DataTypes.StringType)
          .add("properties", DataTypes.StringType)
          .add("purchase_amount", AMOUNT)
          .add("currency", DataTypes.StringType)
          .add("task_id", DataTypes.StringType)
          .add("task_result", DataTypes.StringType)
          .add("is_success", DataTypes.BooleanType)
          .add("ab_test_id", DataTypes.StringType)
          .add("ab_group", DataTypes.StringType)
          .add("reason", DataTypes.StringType)
          .add("detail", DataTypes.StringType)
          .add("line", DataTypes.StringType)
          .add("line_encoding", DataTypes.StringType)
          .add("line_sha256", DataTypes.BinaryType)
          .add("lines", DataTypes.LongType)
          .add("blank_lines", DataTypes.LongType)
          .add("other_day", DataTypes.LongType);

  private static final UTF8String TEXT = UTF8String.fromString("text");
  private static final UTF8String BASE64 = UTF8String.fromString("base64");
  private static final UTF8String[] KINDS = new UTF8String[EventKind.values().length];
  private static final UTF8String[] REASONS = new UTF8String[Reason.values().length];

  static {
    for (EventKind kind : EventKind.values()) {
      KINDS[kind.ordinal()] = UTF8String.fromString(kind.code());
    }
    for (Reason reason : Reason.values()) {
      REASONS[reason.ordinal()] = UTF8String.fromString(reason.code());
    }
  }

  private ParsedRow() {}

  static InternalRow event(
      int object, long lineStart, ParsedLine line, UTF8String text, byte[] sha256) {
    UTF8String eventId = utf8(line.eventId());
    GenericInternalRow row = row(EVENT, object);
    row.update(2, lineStart);
    row.update(3, hash(eventId, line.eventDay()));
    int column = 4;
    row.update(column++, line.eventDay());
    row.update(column++, line.timestampMicros());
    row.update(column++, eventId);
    row.update(column++, utf8(line.userId()));
    row.update(column++, utf8(line.sessionId()));
    row.update(column++, utf8(line.eventType()));
    row.update(column++, KINDS[line.kind().ordinal()]);
    row.update(column++, utf8(line.platform()));
    row.update(column++, utf8(line.screenName()));
    row.update(column++, utf8(line.properties()));
    row.update(
        column++,
        line.kind() == EventKind.PURCHASE ? Decimal.apply(line.amountCents(), 18, 2) : null);
    row.update(column++, utf8(line.currency()));
    row.update(column++, utf8(line.taskId()));
    row.update(column++, utf8(line.taskResult()));
    row.update(column++, line.isSuccess());
    row.update(column++, utf8(line.abTestId()));
    row.update(column++, utf8(line.abGroup()));
    column += 2;
    row.update(column++, text);
    row.update(column++, null);
    row.update(column, sha256);
    return row;
  }

  static InternalRow rejected(
      int object, Reason reason, String detail, UTF8String line, boolean isBase64) {
    GenericInternalRow row = row(REJECTED, object);
    row.update(21, REASONS[reason.ordinal()]);
    row.update(22, utf8(detail));
    row.update(23, line);
    row.update(24, isBase64 ? BASE64 : TEXT);
    return row;
  }

  static InternalRow refused(int object, String why) {
    GenericInternalRow row = row(REFUSED, object);
    row.update(21, utf8(why));
    return row;
  }

  static InternalRow lines(int object, long lines, long blankLines, long otherDay) {
    GenericInternalRow row = row(LINES, object);
    row.update(26, lines);
    row.update(27, blankLines);
    row.update(28, otherDay);
    return row;
  }

  static InternalRow wanted(int object, int eventDay, long lines) {
    GenericInternalRow row = row(WANTED, object);
    row.update(4, eventDay);
    row.update(26, lines);
    return row;
  }

  private static GenericInternalRow row(UTF8String kind, int object) {
    GenericInternalRow row = new GenericInternalRow(SCHEMA.size());
    row.update(0, kind);
    row.update(1, object);
    return row;
  }

  private static long hash(UTF8String eventId, int eventDay) {
    return org.apache.spark.sql.catalyst.expressions.XXH64.hashUTF8String(eventId, eventDay);
  }

  private static UTF8String utf8(String text) {
    return text.isEmpty() ? UTF8String.EMPTY_UTF8 : UTF8String.fromString(text);
  }
}
