package edtech.analytics.input.line;

/** What a field may hold, apart from being absent, null or blank. */
enum ValueRule {
  /** A string of at most 256 code points, or an integer of as many digits. */
  ID,
  /** A string of 1 to 64 characters of {@code [A-Za-z0-9_.-]}. */
  EVENT_TYPE,
  TEXT,
  TEXT_OR_INTEGER,
  TEXT_OR_NUMBER;

  private static final int MAX_ID_CODE_POINTS = 256;
  private static final int MAX_EVENT_TYPE_CHARS = 64;

  boolean accepts(Fields fields, Field field) {
    return switch (fields.kind(field)) {
      case STRING ->
          switch (this) {
            case ID -> isShort(fields.bytes, fields.start(field), fields.end(field));
            case EVENT_TYPE -> isEventType(fields.bytes, fields.start(field), fields.end(field));
            default -> true;
          };
      case INTEGER ->
          switch (this) {
            case ID -> isShort(fields.bytes, fields.start(field), fields.end(field));
            case TEXT_OR_INTEGER, TEXT_OR_NUMBER -> true;
            default -> false;
          };
      case DECIMAL -> this == TEXT_OR_NUMBER;
      default -> false;
    };
  }

  private static boolean isShort(byte[] bytes, int from, int to) {
    return to - from <= MAX_ID_CODE_POINTS || codePoints(bytes, from, to) <= MAX_ID_CODE_POINTS;
  }

  private static int codePoints(byte[] bytes, int from, int to) {
    int count = 0;
    for (int i = from; i < to; i++) {
      // Every byte but those that continue a character begins one.
      count += (bytes[i] & 0xC0) == 0x80 ? 0 : 1;
    }
    return count;
  }

  private static boolean isEventType(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      byte c = bytes[i];
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      boolean other = (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
      if (!letter && !other) {
        return false;
      }
    }
    return to - from <= MAX_EVENT_TYPE_CHARS;
  }
}
