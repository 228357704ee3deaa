package edtech.analytics.input.line;

/**
 * Decimal numbers: text in the grammar of a JSON number, with so many decimals at most that count,
 * below 10^12 in absolute value. Time and memory depend on the text's length alone: {@code
 * 1e999999999} is never written out, as BigDecimal would do when asked for its scale.
 */
final class AmountParser {

  /** Stands for text that is not such a number. */
  static final long NOT_AN_AMOUNT = Long.MIN_VALUE;

  private static final int CENT_DIGITS = 2;
  private static final int MILLIONTH_DIGITS = 6;
  // 10^12 has 13 digits, every smaller number at most 12 before the point.
  private static final int WHOLE_DIGITS = 12;
  // Far beyond any exponent that a number of digits fitting in memory could make up for.
  private static final long MAX_EXPONENT = 1_000_000_000_000L;

  private final String text;
  private final int decimalDigits;
  private final int maxDigits;
  private int position;
  // Value so far = significand, then pending zeros; leading zeros never count.
  private long significand;
  private int significantDigits;
  private int pendingZeros;

  private AmountParser(String text, int decimalDigits) {
    this.text = text;
    this.decimalDigits = decimalDigits;
    this.maxDigits = WHOLE_DIGITS + decimalDigits;
  }

  /** The amount in cents, or {@link #NOT_AN_AMOUNT}. */
  static long cents(String text) {
    return new AmountParser(text, CENT_DIGITS).parse();
  }

  /** The number in millionths, or {@link #NOT_AN_AMOUNT}. */
  static long millionths(String text) {
    return new AmountParser(text, MILLIONTH_DIGITS).parse();
  }

  private long parse() {
    boolean negative = skip('-');
    boolean leadingZero = peek() == '0';
    int wholeDigits = digits();
    if (wholeDigits == 0 || (leadingZero && wholeDigits > 1)) {
      return NOT_AN_AMOUNT;
    }
    int decimals = 0;
    if (skip('.')) {
      decimals = digits();
      if (decimals == 0) {
        return NOT_AN_AMOUNT;
      }
    }
    long exponent = 0;
    if (skip('e') || skip('E')) {
      exponent = exponent();
      if (exponent == NOT_AN_AMOUNT) {
        return NOT_AN_AMOUNT;
      }
    }
    if (position < text.length()) {
      return NOT_AN_AMOUNT;
    }
    long number = shift(exponent - decimals + pendingZeros + decimalDigits);
    return negative && number != NOT_AN_AMOUNT ? -number : number;
  }

  private long shift(long zeros) {
    if (significantDigits == 0) {
      return 0;
    }
    if (zeros < 0 || significantDigits + zeros > maxDigits) {
      return NOT_AN_AMOUNT;
    }
    long number = significand;
    for (long i = 0; i < zeros; i++) {
      number *= 10;
    }
    return number;
  }

  private int digits() {
    int start = position;
    while (peek() >= '0' && peek() <= '9') {
      digit(peek() - '0');
      position++;
    }
    return position - start;
  }

  private void digit(int digit) {
    if (digit == 0) {
      pendingZeros += significantDigits > 0 ? 1 : 0;
      return;
    }
    significantDigits += pendingZeros + 1;
    for (; pendingZeros > 0 && significantDigits <= maxDigits; pendingZeros--) {
      significand *= 10;
    }
    pendingZeros = 0;
    // Beyond so many digits the amount is refused whatever they are.
    if (significantDigits <= maxDigits) {
      significand = significand * 10 + digit;
    }
  }

  private long exponent() {
    boolean negative = skip('-');
    if (!negative) {
      skip('+');
    }
    int start = position;
    long exponent = 0;
    while (peek() >= '0' && peek() <= '9') {
      exponent = Math.min(exponent * 10 + (peek() - '0'), MAX_EXPONENT);
      position++;
    }
    if (position == start) {
      return NOT_AN_AMOUNT;
    }
    return negative ? -exponent : exponent;
  }

  private boolean skip(char c) {
    boolean found = peek() == c;
    position += found ? 1 : 0;
    return found;
  }

  /** The next char, or U+FFFF at the end, which no grammar here names. */
  private char peek() {
    return position < text.length() ? text.charAt(position) : '\uFFFF';
  }
}
