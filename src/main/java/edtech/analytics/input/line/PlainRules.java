package edtech.analytics.input.line;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Takes the events of plain lines, without making a string of each field. It knows no reasons: a
 * line that is not plain, or not for certain a valid event, is left to {@link EventRules}, to which
 * it must never give another answer.
 *
 * <p>Not thread-safe.
 */
final class PlainRules {

  private static final int MAX_ID_BYTES = 256;

  private final PlainFields fields = new PlainFields();
  private final Map<UTF8String, EventKind> kinds = new HashMap<>();
  private final Set<UTF8String> successValues = new HashSet<>();
  private final UTF8String currency;
  private final EventDays days;
  private final Latin1Slice slice = new Latin1Slice();
  private byte[] bytes;

  PlainRules(ParseRules rules) {
    // The later ones win, as the order of precedence wants it.
    put(rules.assignmentTypes(), EventKind.AB_ASSIGNMENT);
    put(rules.taskResultTypes(), EventKind.TASK_RESULT);
    put(rules.purchaseTypes(), EventKind.PURCHASE);
    rules.successValues().forEach(value -> successValues.add(UTF8String.fromString(value)));
    this.currency = UTF8String.fromString(rules.currency());
    this.days = new EventDays(rules.zone());
  }

  private void put(Set<String> types, EventKind kind) {
    types.forEach(type -> kinds.put(UTF8String.fromString(type), kind));
  }

  /**
   * Takes the event of a line.
   *
   * @param buffer holds the line, in valid UTF-8; the event's texts are slices of it
   * @param into has a meaning only when the answer is yes
   * @return whether the line is plain, and its event valid
   */
  boolean take(byte[] buffer, int from, int to, ParsedLine into) {
    bytes = buffer;
    if (!fields.read(buffer, from, to) || !hasText(Field.EVENT_TYPE) || !isEventType()) {
      return false;
    }
    into.eventType = text(Field.EVENT_TYPE);
    into.kind = kinds.getOrDefault(into.eventType, EventKind.PLAIN);
    return isWellFormed(into.kind)
        && takeTime(into)
        && (into.kind != EventKind.PURCHASE || takePurchase(into))
        && takeTexts(into);
  }

  /** Whether each field but the amount is a text, or absent where it may be. */
  private boolean isWellFormed(EventKind kind) {
    for (Field field : kind.used()) {
      boolean isAmount = field == Field.PURCHASE_AMOUNT;
      boolean mayBeAbsent = !kind.needed().contains(field);
      if (!isAmount && !hasText(field) && !(mayBeAbsent && isAbsent(field))) {
        return false;
      }
    }
    return fields.length(Field.EVENT_ID) <= MAX_ID_BYTES
        && fields.length(Field.USER_ID) <= MAX_ID_BYTES;
  }

  /** Whether a field is a string that is not blank, for certain: its first byte tells. */
  private boolean hasText(Field field) {
    return fields.kind(field) == ValueKind.STRING
        && fields.length(field) > 0
        && UnicodeWhitespace.beginsNone(bytes[fields.start(field)]);
  }

  private boolean isAbsent(Field field) {
    return switch (fields.kind(field)) {
      case ABSENT, NULL -> true;
      case STRING -> fields.length(field) == 0;
      default -> false;
    };
  }

  private boolean isEventType() {
    return ValueRule.isEventType(slice(Field.EVENT_TYPE));
  }

  private boolean takeTime(ParsedLine into) {
    long micros = TimestampParser.parse(slice(Field.EVENT_TIMESTAMP));
    if (micros == TimestampParser.NOT_A_DATE_TIME || !TimestampParser.isInRange(micros)) {
      return false;
    }
    into.timestampMicros = micros;
    into.eventDay = days.epochDay(micros);
    return true;
  }

  private boolean takePurchase(ParsedLine into) {
    boolean isNumberOrText =
        switch (fields.kind(Field.PURCHASE_AMOUNT)) {
          case STRING, INTEGER, DECIMAL -> true;
          default -> false;
        };
    if (!isNumberOrText || !isAbsent(Field.CURRENCY) && !text(Field.CURRENCY).equals(currency)) {
      return false;
    }
    into.amountCents = AmountParser.cents(slice(Field.PURCHASE_AMOUNT).toString());
    into.currency = currency;
    return into.amountCents != AmountParser.NOT_AN_AMOUNT;
  }

  private boolean takeTexts(ParsedLine into) {
    into.eventId = text(Field.EVENT_ID);
    into.userId = text(Field.USER_ID);
    into.sessionId = text(Field.SESSION_ID);
    into.platform = text(Field.PLATFORM);
    into.screenName = text(Field.SCREEN_NAME);
    if (into.kind == EventKind.TASK_RESULT) {
      into.taskId = text(Field.TASK_ID);
      into.taskResult = text(Field.TASK_RESULT);
      into.isSuccess = successValues.contains(into.taskResult);
    } else if (into.kind == EventKind.AB_ASSIGNMENT) {
      into.abTestId = text(Field.AB_TEST_ID);
      into.abGroup = text(Field.AB_GROUP);
    }
    into.properties = fields.properties(into.kind);
    return into.properties != null;
  }

  /** A field's text; '' when it has none. */
  private UTF8String text(Field field) {
    return isAbsent(field)
        ? UTF8String.EMPTY_UTF8
        : UTF8String.fromBytes(bytes, fields.start(field), fields.length(field));
  }

  private Latin1Slice slice(Field field) {
    slice.bytes = bytes;
    slice.start = fields.start(field);
    slice.length = fields.length(field);
    return slice;
  }

  /** Bytes as characters, for grammars that know ASCII only. */
  private static final class Latin1Slice implements CharSequence {
    private byte[] bytes;
    private int start;
    private int length;

    @Override
    public int length() {
      return length;
    }

    @Override
    public char charAt(int index) {
      return (char) (bytes[start + index] & 0xFF);
    }

    @Override
    public CharSequence subSequence(int from, int to) {
      return toString().subSequence(from, to);
    }

    @Override
    public String toString() {
      return new String(bytes, start, length, StandardCharsets.ISO_8859_1);
    }
  }
}
