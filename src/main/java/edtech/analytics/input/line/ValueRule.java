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

  boolean accepts(ValueKind kind, String text) {
    return switch (kind) {
      case STRING -> acceptsString(text);
      case INTEGER -> acceptsInteger(text);
      case DECIMAL -> this == TEXT_OR_NUMBER;
      default -> false;
    };
  }

  private boolean acceptsString(String text) {
    // U+0000 is legal in JSON, but cuts text short in too many places further on.
    if (text.indexOf('\0') >= 0) {
      return false;
    }
    return switch (this) {
      case ID -> isShort(text);
      case EVENT_TYPE -> isEventType(text);
      default -> true;
    };
  }

  private boolean acceptsInteger(String text) {
    return switch (this) {
      case ID -> isShort(text);
      case TEXT_OR_INTEGER, TEXT_OR_NUMBER -> true;
      default -> false;
    };
  }

  private static boolean isShort(String text) {
    return text.length() <= MAX_ID_CODE_POINTS
        || text.codePointCount(0, text.length()) <= MAX_ID_CODE_POINTS;
  }

  static boolean isEventType(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      boolean other = (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
      if (!letter && !other) {
        return false;
      }
    }
    return text.length() <= MAX_EVENT_TYPE_CHARS;
  }
}
