package edtech.analytics.input.line;

/**
 * Amounts of money: text in the grammar of a JSON number, a multiple of 0.01, below 10^12 in
 * absolute value. Time and memory depend on the text's length alone: {@code 1e999999999} is never
 * written out, as BigDecimal would do when asked for its scale.
 */
final class AmountParser {

  /** Stands for text that is not such an amount. */
  static final long NOT_AN_AMOUNT = Long.MIN_VALUE;

  private static final int CENT_DIGITS = 2;
  // 10^12 in cents has 15 digits, every smaller amount at most 14.
  private static final int MAX_DIGITS = 14;
  // Far beyond any exponent that a number of digits fitting in memory could make up for.
  private static final long MAX_EXPONENT = 1_000_000_000_000L;

  private final String text;
  private int position;
  // Value so far = significand, then pending zeros; leading zeros never count.
  private long significand;
  private int significantDigits;
  private int pendingZeros;

  private AmountParser(String text) {
    this.text = text;
  }

  /** The amount in cents, or {@link #NOT_AN_AMOUNT}. */
  static long cents(String text) {
    return new AmountParser(text).cents();
  }

  private long cents() {
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
    long cents = shift(exponent - decimals + pendingZeros + CENT_DIGITS);
    return negative && cents != NOT_AN_AMOUNT ? -cents : cents;
  }

  private long shift(long zeros) {
    if (significantDigits == 0) {
      return 0;
    }
    if (zeros < 0 || significantDigits + zeros > MAX_DIGITS) {
      return NOT_AN_AMOUNT;
    }
    long cents = significand;
    for (long i = 0; i < zeros; i++) {
      cents *= 10;
    }
    return cents;
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
    for (; pendingZeros > 0 && significantDigits <= MAX_DIGITS; pendingZeros--) {
      significand *= 10;
    }
    pendingZeros = 0;
    // Beyond so many digits the amount is refused whatever they are.
    if (significantDigits <= MAX_DIGITS) {
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
