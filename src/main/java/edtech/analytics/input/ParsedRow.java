package edtech.analytics.input;

import edtech.analytics.input.line.Reason;
import edtech.analytics.spark.InternalRows;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Rows of {@link ParsedColumn}s. Its {@code row_kind} says what a row is:
 *
 * <ul>
 *   <li>{@code event}: a valid event, see {@link EventRow}; '' means absent.
 *   <li>{@code rejected}: a rejected line: {@code reason}, {@code detail}, {@code line}, {@code
 *       line_encoding}.
 *   <li>{@code lines}: how many lines a piece of an object held: {@code lines}, {@code
 *       blank_lines}, {@code ignored}, {@code other_day}; counted apart from the rows, so that the
 *       ledger can prove that none was lost on the way.
 *   <li>{@code wanted}: how many of a piece's events are of {@code event_date}: {@code lines}.
 *   <li>{@code refused}: the object cannot be read; {@code reason} is the message.
 *   <li>{@code outcome}: how many {@code lines} of an object ended alike. {@code detail} says how:
 *       {@code accepted} or {@code duplicate}, with an {@code event_kind}, or {@code rejected},
 *       with a {@code reason}. Made where duplicates are decided.
 * </ul>
 */
public final class ParsedRow {
  public static final UTF8String EVENT = UTF8String.fromString("event");
  public static final UTF8String REJECTED = UTF8String.fromString("rejected");
  private static final UTF8String REFUSED = UTF8String.fromString("refused");
  private static final UTF8String LINES = UTF8String.fromString("lines");
  private static final UTF8String WANTED = UTF8String.fromString("wanted");
  private static final UTF8String OUTCOME = UTF8String.fromString("outcome");

  public static final UTF8String CONFLICTING_DUPLICATE =
      UTF8String.fromString(Reason.CONFLICTING_DUPLICATE.code());

  private static final UTF8String TEXT = UTF8String.fromString("text");
  private static final UTF8String BASE64 = UTF8String.fromString("base64");
  private static final UTF8String[] REASONS = new UTF8String[Reason.values().length];

  static {
    for (Reason reason : Reason.values()) {
      REASONS[reason.ordinal()] = UTF8String.fromString(reason.code());
    }
  }

  private final Object[] values = new Object[ParsedColumn.values().length];

  private ParsedRow(UTF8String kind, int object) {
    set(ParsedColumn.ROW_KIND, kind).set(ParsedColumn.OBJECT, object);
  }

  static InternalRow rejected(
      int object, Reason reason, String detail, UTF8String line, boolean isBase64) {
    return new ParsedRow(REJECTED, object)
        .set(ParsedColumn.REASON, REASONS[reason.ordinal()])
        .set(ParsedColumn.DETAIL, detail)
        .set(ParsedColumn.LINE, line)
        .set(ParsedColumn.LINE_ENCODING, isBase64 ? BASE64 : TEXT)
        .row();
  }

  /** An event that lost to another of the same id and other content. */
  public static InternalRow conflicting(InternalRow event) {
    return rejected(
        event.getInt(ParsedColumn.OBJECT.ordinal()),
        Reason.CONFLICTING_DUPLICATE,
        ParsedColumn.EVENT_ID.toString(),
        event.getUTF8String(ParsedColumn.LINE.ordinal()),
        false);
  }

  static InternalRow refused(int object, String why) {
    return new ParsedRow(REFUSED, object).set(ParsedColumn.REASON, why).row();
  }

  static InternalRow lines(int object, long lines, long blankLines, long ignored, long otherDay) {
    return new ParsedRow(LINES, object)
        .set(ParsedColumn.LINES, lines)
        .set(ParsedColumn.BLANK_LINES, blankLines)
        .set(ParsedColumn.IGNORED, ignored)
        .set(ParsedColumn.OTHER_DAY, otherDay)
        .row();
  }

  static InternalRow wanted(int object, int eventDay, long lines) {
    return new ParsedRow(WANTED, object)
        .set(ParsedColumn.EVENT_DATE, eventDay)
        .set(ParsedColumn.LINES, lines)
        .row();
  }

  /**
   * How many lines of an object ended alike.
   *
   * @param eventKind of events; null for rejected lines
   * @param reason of rejected lines; null for events
   */
  public static InternalRow outcome(
      int object, String outcome, UTF8String eventKind, UTF8String reason, long lines) {
    return new ParsedRow(OUTCOME, object)
        .set(ParsedColumn.DETAIL, outcome)
        .set(ParsedColumn.EVENT_KIND, eventKind)
        .set(ParsedColumn.REASON, reason)
        .set(ParsedColumn.LINES, lines)
        .row();
  }

  private ParsedRow set(ParsedColumn column, Object value) {
    values[column.ordinal()] = value;
    return this;
  }

  private InternalRow row() {
    return InternalRows.of(values);
  }

  private ParsedRow set(ParsedColumn column, String text) {
    return set(
        column, (Object) (text.isEmpty() ? UTF8String.EMPTY_UTF8 : UTF8String.fromString(text)));
  }
}
