package edtech.analytics.input.line;

import edtech.analytics.source.EventField;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Turns the fields of a well-formed line into an event, or names the first rule they break: first
 * keys that occur twice, then missing fields, types, the time, and money. The outcome depends on
 * the line and the settings only.
 *
 * <p>Not thread-safe.
 */
final class EventRules {

  private static final UTF8String ZERO = UTF8String.fromString("0");

  private final Map<UTF8String, EventKind> kinds = new HashMap<>();
  private final Set<UTF8String> successValues = new HashSet<>();
  private final UTF8String currency;
  private final UTF8String[] placeholders;
  private final EventDays days;
  private final EventMeasures measures;

  EventRules(ParseRules rules) {
    // A later one replaces an earlier one: that is their order of precedence.
    put(rules.types().lessonComplete(), EventKind.LESSON_COMPLETE);
    put(rules.types().lessonStart(), EventKind.LESSON_START);
    put(rules.types().assignment(), EventKind.AB_ASSIGNMENT);
    put(rules.types().taskResult(), EventKind.TASK_RESULT);
    put(rules.types().purchase(), EventKind.PURCHASE);
    rules.successValues().forEach(value -> successValues.add(UTF8String.fromString(value)));
    this.currency = UTF8String.fromString(rules.currency());
    this.placeholders =
        rules.placeholderIds().stream().map(UTF8String::fromString).toArray(UTF8String[]::new);
    this.days = new EventDays(rules.zone());
    this.measures = new EventMeasures(rules.measures());
  }

  private void put(Set<String> types, EventKind kind) {
    types.forEach(type -> kinds.put(UTF8String.fromString(type), kind));
  }

  /**
   * Judges a line.
   *
   * @param into is cleared; gets the event, whose texts may be slices of the fields' bytes, or the
   *     reason
   */
  void judge(Fields fields, ParsedLine into) {
    EventKind kind = takeKind(fields, into);
    into.properties = fields.properties(kind);
    if (into.properties == null) {
      into.reject(Reason.DUPLICATE_KEY, fields.duplicateField());
    } else if (hasEachNeeded(fields, kind, into)
        && hasValidTypes(fields, kind, into)
        && takeTime(fields, into)
        && (kind != EventKind.PURCHASE || takePurchase(fields, into))) {
      takeTexts(fields, kind, into);
      measures.measure(fields, into);
    }
  }

  /**
   * The kind that the source gives the event, else that of its type; plain without a valid type, so
   * that only common fields are judged.
   */
  private EventKind takeKind(Fields fields, ParsedLine into) {
    boolean hasType = fields.kind(EventField.EVENT_TYPE) == ValueKind.STRING;
    if (hasType) {
      into.eventType = fields.text(EventField.EVENT_TYPE);
    }
    EventKind given = fields.givenKind();
    if (given != null) {
      return given;
    }
    return hasType ? kinds.getOrDefault(into.eventType, EventKind.PLAIN) : EventKind.PLAIN;
  }

  private static boolean hasEachNeeded(Fields fields, EventKind kind, ParsedLine into) {
    for (EventField field : kind.needed()) {
      if (isAbsent(fields, field)) {
        into.reject(Reason.MISSING_FIELD, field.key());
        return false;
      }
    }
    return true;
  }

  private boolean hasValidTypes(Fields fields, EventKind kind, ParsedLine into) {
    for (EventField field : kind.used()) {
      boolean isAccepted = ValueRule.of(field).accepts(fields, field) || isAbsent(fields, field);
      if (!isAccepted || field == EventField.USER_ID && isPlaceholder(text(fields, field))) {
        into.reject(Reason.INVALID_TYPE, field.key());
        return false;
      }
    }
    return true;
  }

  // A loop, as most ids differ in length from all of these: a hash would read every id.
  private boolean isPlaceholder(UTF8String userId) {
    for (UTF8String placeholder : placeholders) {
      if (placeholder.equals(userId)) {
        return true;
      }
    }
    return false;
  }

  private boolean takeTime(Fields fields, ParsedLine into) {
    long micros = fields.timestampMicros();
    if (micros == TimestampParser.NOT_A_DATE_TIME) {
      into.reject(Reason.INVALID_TIMESTAMP, EventField.EVENT_TIMESTAMP.key());
      return false;
    }
    if (!TimestampParser.isInRange(micros)) {
      into.reject(Reason.TIMESTAMP_OUT_OF_RANGE, EventField.EVENT_TIMESTAMP.key());
      return false;
    }
    into.timestampMicros = micros;
    into.eventDay = days.epochDay(micros);
    return true;
  }

  private boolean takePurchase(Fields fields, ParsedLine into) {
    into.amountCents = AmountParser.cents(fields.characters(EventField.PURCHASE_AMOUNT).toString());
    if (into.amountCents == AmountParser.NOT_AN_AMOUNT) {
      into.reject(Reason.INVALID_AMOUNT, EventField.PURCHASE_AMOUNT.key());
      return false;
    }
    if (fields.negatesAmount()) {
      into.amountCents = -into.amountCents;
    }
    if (!isAbsent(fields, EventField.CURRENCY)
        && !isConfiguredCurrency(fields.characters(EventField.CURRENCY))) {
      into.reject(Reason.UNSUPPORTED_CURRENCY, EventField.CURRENCY.key());
      return false;
    }
    into.currency = currency;
    return true;
  }

  // Not equalsIgnoreCase: to that, U+017F is an s and "uſd" a currency.
  private boolean isConfiguredCurrency(CharSequence text) {
    boolean same = text.length() == currency.numBytes();
    for (int i = 0; same && i < text.length(); i++) {
      char c = text.charAt(i);
      char upper = c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c;
      same = upper == currency.getByte(i);
    }
    return same;
  }

  private void takeTexts(Fields fields, EventKind kind, ParsedLine into) {
    into.kind = kind;
    into.eventId = text(fields, EventField.EVENT_ID);
    into.userId = text(fields, EventField.USER_ID);
    into.sessionId = text(fields, EventField.SESSION_ID);
    into.platform = text(fields, EventField.PLATFORM);
    into.screenName = text(fields, EventField.SCREEN_NAME);
    into.courseId = text(fields, EventField.COURSE_ID);
    into.lessonId = text(fields, EventField.LESSON_ID);
    if (kind == EventKind.TASK_RESULT) {
      into.taskId = text(fields, EventField.TASK_ID);
      into.taskResult = text(fields, EventField.TASK_RESULT);
      into.isSuccess = successValues.contains(into.taskResult);
    } else if (kind == EventKind.AB_ASSIGNMENT) {
      into.abTestId = text(fields, EventField.AB_TEST_ID);
      into.abGroup = text(fields, EventField.AB_GROUP);
    }
  }

  private static boolean isAbsent(Fields fields, EventField field) {
    return switch (fields.kind(field)) {
      case ABSENT, NULL -> true;
      case STRING ->
          UnicodeWhitespace.isBlank(fields.bytes(field), fields.start(field), fields.end(field));
      default -> false;
    };
  }

  /** The value of a field whose type is valid; '' when it is absent, null or blank. */
  static UTF8String text(Fields fields, EventField field) {
    if (isAbsent(fields, field)) {
      return UTF8String.EMPTY_UTF8;
    }
    return integer(fields.kind(field), fields.text(field));
  }

  /** A text as it is kept: 0 is the one integer that JSON can write in two ways. */
  static UTF8String integer(ValueKind kind, UTF8String text) {
    boolean isMinusZero =
        kind == ValueKind.INTEGER
            && text.numBytes() == 2
            && text.getByte(0) == '-'
            && text.getByte(1) == '0';
    return isMinusZero ? ZERO : text;
  }
}
