package edtech.analytics.input.line;

import org.apache.spark.unsafe.types.UTF8String;

/**
 * Turns the fields of a well-formed line into an event, or names the first rule they break: first
 * what is missing, then types, then the time, then money. A line's fate depends on nothing else.
 *
 * <p>Not thread-safe.
 */
final class EventRules {

  private final ParseRules rules;
  private final EventDays days;

  EventRules(ParseRules rules) {
    this.rules = rules;
    this.days = new EventDays(rules.zone());
  }

  /** What the type means; plain when there is no valid type, so that only shared fields count. */
  EventKind kindOf(LineFields fields) {
    if (fields.kind(Field.EVENT_TYPE) != ValueKind.STRING) {
      return EventKind.PLAIN;
    }
    String type = fields.text(Field.EVENT_TYPE);
    if (rules.purchaseTypes().contains(type)) {
      return EventKind.PURCHASE;
    }
    if (rules.taskResultTypes().contains(type)) {
      return EventKind.TASK_RESULT;
    }
    return rules.assignmentTypes().contains(type) ? EventKind.AB_ASSIGNMENT : EventKind.PLAIN;
  }

  void judge(LineFields fields, EventKind kind, ParsedLine into) {
    if (hasEachNeeded(fields, kind, into)
        && hasValidTypes(fields, kind, into)
        && takeTime(fields, into)
        && (kind != EventKind.PURCHASE || takePurchase(fields, into))) {
      takeTexts(fields, kind, into);
    }
  }

  private static boolean hasEachNeeded(LineFields fields, EventKind kind, ParsedLine into) {
    for (Field field : kind.needed()) {
      if (isAbsent(fields, field)) {
        into.reject(Reason.MISSING_FIELD, field.key());
        return false;
      }
    }
    return true;
  }

  private static boolean hasValidTypes(LineFields fields, EventKind kind, ParsedLine into) {
    for (Field field : kind.used()) {
      if (!isAbsent(fields, field)
          && !field.rule().accepts(fields.kind(field), fields.text(field))) {
        into.reject(Reason.INVALID_TYPE, field.key());
        return false;
      }
    }
    return true;
  }

  private boolean takeTime(LineFields fields, ParsedLine into) {
    String text = fields.text(Field.EVENT_TIMESTAMP);
    boolean isMillis = fields.kind(Field.EVENT_TIMESTAMP) == ValueKind.INTEGER;
    long micros = isMillis ? TimestampParser.fromMillis(text) : TimestampParser.parse(text);
    if (micros == TimestampParser.NOT_A_DATE_TIME) {
      into.reject(Reason.INVALID_TIMESTAMP, Field.EVENT_TIMESTAMP.key());
      return false;
    }
    if (!TimestampParser.isInRange(micros)) {
      into.reject(Reason.TIMESTAMP_OUT_OF_RANGE, Field.EVENT_TIMESTAMP.key());
      return false;
    }
    into.timestampMicros = micros;
    into.eventDay = days.epochDay(micros);
    return true;
  }

  private boolean takePurchase(LineFields fields, ParsedLine into) {
    into.amountCents = AmountParser.cents(fields.text(Field.PURCHASE_AMOUNT));
    if (into.amountCents == AmountParser.NOT_AN_AMOUNT) {
      into.reject(Reason.INVALID_AMOUNT, Field.PURCHASE_AMOUNT.key());
      return false;
    }
    String currency = text(fields, Field.CURRENCY);
    if (!currency.isEmpty() && !isConfiguredCurrency(currency)) {
      into.reject(Reason.UNSUPPORTED_CURRENCY, Field.CURRENCY.key());
      return false;
    }
    into.currency = UTF8String.fromString(rules.currency());
    return true;
  }

  // Not equalsIgnoreCase: to that, U+017F is an s and "uſd" a currency.
  private boolean isConfiguredCurrency(String currency) {
    String configured = rules.currency();
    boolean same = currency.length() == configured.length();
    for (int i = 0; same && i < currency.length(); i++) {
      char c = currency.charAt(i);
      char upper = c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c;
      same = upper == configured.charAt(i);
    }
    return same;
  }

  private void takeTexts(LineFields fields, EventKind kind, ParsedLine into) {
    into.kind = kind;
    into.eventId = utf8(fields, Field.EVENT_ID);
    into.userId = utf8(fields, Field.USER_ID);
    into.eventType = utf8(fields, Field.EVENT_TYPE);
    into.sessionId = utf8(fields, Field.SESSION_ID);
    into.platform = utf8(fields, Field.PLATFORM);
    into.screenName = utf8(fields, Field.SCREEN_NAME);
    into.properties = UTF8String.fromString(fields.properties());
    if (kind == EventKind.TASK_RESULT) {
      into.taskId = utf8(fields, Field.TASK_ID);
      into.taskResult = utf8(fields, Field.TASK_RESULT);
      into.isSuccess = rules.successValues().contains(text(fields, Field.TASK_RESULT));
    } else if (kind == EventKind.AB_ASSIGNMENT) {
      into.abTestId = utf8(fields, Field.AB_TEST_ID);
      into.abGroup = utf8(fields, Field.AB_GROUP);
    }
  }

  private static boolean isAbsent(LineFields fields, Field field) {
    return switch (fields.kind(field)) {
      case ABSENT, NULL -> true;
      case STRING -> UnicodeWhitespace.isBlank(fields.text(field));
      default -> false;
    };
  }

  private static UTF8String utf8(LineFields fields, Field field) {
    return UTF8String.fromString(text(fields, field));
  }

  /** The value of a field whose type is valid; '' when it is absent, null or blank. */
  private static String text(LineFields fields, Field field) {
    if (isAbsent(fields, field)) {
      return "";
    }
    String text = fields.text(field);
    // The one integer that JSON can write in two ways.
    return fields.kind(field) == ValueKind.INTEGER && text.equals("-0") ? "0" : text;
  }
}
