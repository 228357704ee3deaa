package edtech.analytics.input.line;

/**
 * Finds an escaped high surrogate (D800 to DBFF) that no escaped low one (DC00 to DFFF) follows, or
 * a low one alone: text that no UTF-8 can hold. Works on the raw line, so keys, values and text
 * that is no JSON at all are judged alike; Jackson lets such escapes pass.
 */
final class SurrogateEscapes {

  private static final int ESCAPE_LENGTH = 6;

  private SurrogateEscapes() {}

  static boolean hasLone(byte[] bytes, int from, int to) {
    int i = ByteScan.indexOf((byte) '\\', bytes, from, to);
    while (i >= 0) {
      int unit = escapedUnit(bytes, i, to);
      if (unit < 0 || !Character.isSurrogate((char) unit)) {
        // Stepping over the byte after it keeps the second of two backslashes from counting.
        i += 2;
      } else if (Character.isHighSurrogate((char) unit)
          && isLowSurrogate(escapedUnit(bytes, i + ESCAPE_LENGTH, to))) {
        i += 2 * ESCAPE_LENGTH;
      } else {
        return true;
      }
      i = ByteScan.indexOf((byte) '\\', bytes, i, to);
    }
    return false;
  }

  private static boolean isLowSurrogate(int unit) {
    return unit >= 0 && Character.isLowSurrogate((char) unit);
  }

  /** The code unit that an escape at this index names, or -1 when there is no whole one. */
  private static int escapedUnit(byte[] bytes, int i, int to) {
    if (to - i < ESCAPE_LENGTH || bytes[i] != '\\' || bytes[i + 1] != 'u') {
      return -1;
    }
    int unit = 0;
    for (int k = i + 2; k < i + ESCAPE_LENGTH; k++) {
      int digit = Character.digit((char) (bytes[k] & 0xFF), 16);
      if (digit < 0) {
        return -1;
      }
      unit = unit << 4 | digit;
    }
    return unit;
  }
}
