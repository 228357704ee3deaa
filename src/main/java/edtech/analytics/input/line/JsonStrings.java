package edtech.analytics.input.line;

/** JSON strings with only the escapes that JSON requires, spelled as Python spells them. */
final class JsonStrings {

  private static final String HEX = "0123456789abcdef";

  private JsonStrings() {}

  static void append(StringBuilder into, String value) {
    into.append('"');
    int copied = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c == '"' || c == '\\') {
        into.append(value, copied, i);
        appendEscape(into, c);
        copied = i + 1;
      }
    }
    // A whole string is copied at once, a part of one char by char.
    if (copied == 0) {
      into.append(value);
    } else {
      into.append(value, copied, value.length());
    }
    into.append('"');
  }

  private static void appendEscape(StringBuilder into, char c) {
    into.append('\\');
    switch (c) {
      case '"', '\\' -> into.append(c);
      case '\n' -> into.append('n');
      case '\r' -> into.append('r');
      case '\t' -> into.append('t');
      case '\b' -> into.append('b');
      case '\f' -> into.append('f');
      default -> into.append("u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xF));
    }
  }
}
