package edtech.analytics.input.line;

/**
 * The Unicode property White_Space: U+0009–000D, 0020, 0085, 00A0, 1680, 2000–200A, 2028, 2029,
 * 202F, 205F, 3000. Java's own {@code isWhitespace} is another set: it lacks the no-break spaces
 * and has U+001C–001F.
 */
public final class UnicodeWhitespace {

  /** State of {@link #scan} before the first byte, and after a whole white-space code point. */
  public static final int BLANK = 0;

  /** State of {@link #scan} once a byte was seen that is not part of white space. */
  public static final int NOT_BLANK = -1;

  private static final int AFTER_C2 = 1;
  private static final int AFTER_E1 = 2;
  private static final int AFTER_E1_9A = 3;
  private static final int AFTER_E2 = 4;
  private static final int AFTER_E2_80 = 5;
  private static final int AFTER_E2_81 = 6;
  private static final int AFTER_E3 = 7;
  private static final int AFTER_E3_80 = 8;

  private UnicodeWhitespace() {}

  /** Whether UTF-8 text is nothing but white space; true when it is empty. */
  static boolean isBlank(byte[] bytes, int from, int to) {
    // Nearly all texts begin with a letter or a digit in ASCII; bytes beyond it are negative.
    boolean beginsInAscii = from < to && bytes[from] > ' ';
    return !beginsInAscii && scan(BLANK, bytes, from, to) == BLANK;
  }

  /**
   * Reads on in UTF-8 text that may come in pieces. The text was blank when the state after its
   * last byte is {@link #BLANK}; other states than the two named stand inside a code point.
   */
  public static int scan(int state, byte[] bytes, int from, int to) {
    int now = state;
    for (int i = from; i < to && now != NOT_BLANK; i++) {
      now = step(now, bytes[i] & 0xFF);
    }
    return now;
  }

  private static int step(int state, int b) {
    return switch (state) {
      case BLANK -> first(b);
      case AFTER_C2 -> blankIf(b == 0x85 || b == 0xA0);
      case AFTER_E1 -> b == 0x9A ? AFTER_E1_9A : NOT_BLANK;
      case AFTER_E2 -> b == 0x80 ? AFTER_E2_80 : b == 0x81 ? AFTER_E2_81 : NOT_BLANK;
      case AFTER_E2_80 -> blankIf((b >= 0x80 && b <= 0x8A) || b == 0xA8 || b == 0xA9 || b == 0xAF);
      case AFTER_E2_81 -> blankIf(b == 0x9F);
      case AFTER_E3 -> b == 0x80 ? AFTER_E3_80 : NOT_BLANK;
      case AFTER_E1_9A, AFTER_E3_80 -> blankIf(b == 0x80);
      default -> NOT_BLANK;
    };
  }

  private static int first(int b) {
    return switch (b) {
      case '\t', '\n', 0x0B, '\f', '\r', ' ' -> BLANK;
      case 0xC2 -> AFTER_C2;
      case 0xE1 -> AFTER_E1;
      case 0xE2 -> AFTER_E2;
      case 0xE3 -> AFTER_E3;
      default -> NOT_BLANK;
    };
  }

  private static int blankIf(boolean condition) {
    return condition ? BLANK : NOT_BLANK;
  }
}
