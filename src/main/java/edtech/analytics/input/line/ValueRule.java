package edtech.analytics.input.line;

import edtech.analytics.source.EventField;

/** What a field may hold, apart from being absent, null or blank. */
enum ValueRule {
  /** A string of at most 256 code points, or an integer of as many digits. */
  ID,
  /** A string of at most 256 code points. */
  SHORT_TEXT,
  TEXT,
  TEXT_OR_INTEGER,
  TEXT_OR_NUMBER;

  private static final ValueRule[] OF_FIELD = new ValueRule[EventField.values().length];

  static {
    for (EventField field : EventField.values()) {
      OF_FIELD[field.ordinal()] =
          switch (field) {
            case EVENT_ID, USER_ID -> ID;
            case EVENT_TYPE -> SHORT_TEXT;
            case EVENT_TIMESTAMP, SESSION_ID, COURSE_ID, LESSON_ID, TASK_ID, AB_TEST_ID, AB_GROUP ->
                TEXT_OR_INTEGER;
            case PLATFORM, SCREEN_NAME, CURRENCY, TASK_RESULT -> TEXT;
            case PURCHASE_AMOUNT -> TEXT_OR_NUMBER;
          };
    }
  }

  private static final int MAX_CODE_POINTS = 256;

  /** The rule of a field. */
  static ValueRule of(EventField field) {
    return OF_FIELD[field.ordinal()];
  }

  boolean accepts(Fields fields, EventField field) {
    return switch (fields.kind(field)) {
      case STRING ->
          switch (this) {
            case ID, SHORT_TEXT ->
                isShort(fields.bytes(field), fields.start(field), fields.end(field));
            default -> true;
          };
      case INTEGER ->
          switch (this) {
            case ID -> isShort(fields.bytes(field), fields.start(field), fields.end(field));
            case TEXT_OR_INTEGER, TEXT_OR_NUMBER -> true;
            default -> false;
          };
      case DECIMAL -> this == TEXT_OR_NUMBER;
      default -> false;
    };
  }

  private static boolean isShort(byte[] bytes, int from, int to) {
    return to - from <= MAX_CODE_POINTS || codePoints(bytes, from, to) <= MAX_CODE_POINTS;
  }

  private static int codePoints(byte[] bytes, int from, int to) {
    int count = 0;
    for (int i = from; i < to; i++) {
      // Every byte but those that continue a character begins one.
      count += (bytes[i] & 0xC0) == 0x80 ? 0 : 1;
    }
    return count;
  }
}
