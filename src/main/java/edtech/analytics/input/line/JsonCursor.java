package edtech.analytics.input.line;

/**
 * Walks over JSON in valid UTF-8, in place. Knows what is JSON as strictly as {@link LineFields},
 * and is in doubt where that may be the better judge: a method that says false has found no JSON or
 * such a place, and where the cursor stands then is of no use.
 *
 * <p>Not thread-safe.
 */
class JsonCursor {

  private static final int MAX_NUMBER_BYTES = 1000;

  byte[] bytes;
  int at;
  int end;

  final void moveTo(byte[] buffer, int from, int to) {
    bytes = buffer;
    at = from;
    end = to;
  }

  final void skipBlanks() {
    while (at < end && bytes[at] <= ' ' && isBlank(bytes[at])) {
      at++;
    }
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
  }

  final boolean isAtEnd() {
    return at == end;
  }

  /** Whether a string comes next. */
  final boolean isAtText() {
    return at < end && bytes[at] == '"';
  }

  /** Skips blanks and one character, if it comes next. */
  final boolean skip(char wanted) {
    skipBlanks();
    if (at == end || bytes[at] != wanted) {
      return false;
    }
    at++;
    return true;
  }

  /** Skips a value that may hold others. */
  final boolean skipValue(int depth) {
    skipBlanks();
    if (at == end) {
      return false;
    }
    return switch (bytes[at]) {
      case '"' -> skipString();
      case '{' -> skipObject(depth + 1);
      case '[' -> skipArray(depth + 1);
      default -> skipScalar() != null;
    };
  }

  private boolean skipObject(int depth) {
    at++;
    if (depth > LineJson.MAX_NESTING_DEPTH) {
      return false;
    }
    if (skip('}')) {
      return true;
    }
    do {
      skipBlanks();
      if (!isAtText() || !skipString() || !skip(':') || !skipValue(depth)) {
        return false;
      }
    } while (skip(','));
    return skip('}');
  }

  private boolean skipArray(int depth) {
    at++;
    if (depth > LineJson.MAX_NESTING_DEPTH) {
      return false;
    }
    if (skip(']')) {
      return true;
    }
    do {
      if (!skipValue(depth)) {
        return false;
      }
    } while (skip(','));
    return skip(']');
  }

  /** Skips a string from its opening quote on; false when it may hold half a surrogate pair. */
  final boolean skipString() {
    at++;
    while (true) {
      at = ByteScan.endOfText(bytes, at, end);
      if (at == end) {
        return false;
      }
      byte b = bytes[at++];
      if (b == '"') {
        return true;
      }
      if (b != '\\' || !skipEscape()) {
        return false;
      }
    }
  }

  private boolean skipEscape() {
    if (at == end) {
      return false;
    }
    return switch (bytes[at++]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> true;
      case 'u' -> skipCodeUnit();
      default -> false;
    };
  }

  private boolean skipCodeUnit() {
    if (end - at < 4) {
      return false;
    }
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit((char) (bytes[at++] & 0xFF), 16);
      if (digit < 0) {
        return false;
      }
      unit = unit << 4 | digit;
    }
    return !Character.isSurrogate((char) unit);
  }

  /**
   * Skips a string without escapes.
   *
   * @return whether one comes next; the cursor stands behind the closing quote then
   */
  final boolean skipPlainString() {
    if (!isAtText()) {
      return false;
    }
    at = ByteScan.endOfText(bytes, at + 1, end);
    return at < end && bytes[at++] == '"';
  }

  /** Skips a short string without escapes, and without characters beyond ASCII if told so. */
  final boolean skipPlainString(boolean onlyAscii) {
    if (!isAtText()) {
      return false;
    }
    at++;
    while (at < end) {
      byte b = bytes[at++];
      if (b == '"') {
        return true;
      }
      // Bytes of characters beyond ASCII are negative.
      if (b == '\\' || b < ' ' && (b >= 0 || onlyAscii)) {
        return false;
      }
    }
    return false;
  }

  /** Skips a number or a literal; its kind, or null. What stands behind it is not looked at. */
  final ValueKind skipScalar() {
    int start = at;
    ValueKind kind = skipPlainScalar();
    if (at == end
        || bytes[at] != 'e' && bytes[at] != 'E'
        || kind != ValueKind.INTEGER && kind != ValueKind.DECIMAL) {
      return kind;
    }
    at++;
    if (at < end && (bytes[at] == '+' || bytes[at] == '-')) {
      at++;
    }
    return skipDigits() && at - start < MAX_NUMBER_BYTES ? ValueKind.DECIMAL : null;
  }

  /** The same without an exponent. */
  final ValueKind skipPlainScalar() {
    if (at == end) {
      return null;
    }
    return switch (bytes[at]) {
      case 't' -> skipWord("true") ? ValueKind.BOOLEAN : null;
      case 'f' -> skipWord("false") ? ValueKind.BOOLEAN : null;
      case 'n' -> skipWord("null") ? ValueKind.NULL : null;
      default -> skipNumber();
    };
  }

  private boolean skipWord(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (at == end || bytes[at++] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private ValueKind skipNumber() {
    int start = at;
    ValueKind kind = ValueKind.INTEGER;
    if (bytes[at] == '-') {
      at++;
    }
    int whole = at;
    if (!skipDigits() || bytes[whole] == '0' && at - whole > 1) {
      return null;
    }
    if (at < end && bytes[at] == '.') {
      at++;
      kind = ValueKind.DECIMAL;
      if (!skipDigits()) {
        return null;
      }
    }
    return at - start < MAX_NUMBER_BYTES ? kind : null;
  }

  private boolean skipDigits() {
    int start = at;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
      at++;
    }
    return at > start;
  }
}
