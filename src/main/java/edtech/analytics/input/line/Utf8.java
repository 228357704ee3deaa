package edtech.analytics.input.line;

/**
 * Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF, nothing cut
 * off. Jackson's byte parser is lenient in the first three, so lines are checked before it.
 */
final class Utf8 {

  private Utf8() {}

  static boolean isValid(byte[] bytes, int from, int to) {
    int i = from;
    while (true) {
      i = ByteScan.endOfAscii(bytes, i, to);
      if (i == to) {
        return true;
      }
      int length = sequenceLength(bytes, i, to);
      if (length == 0) {
        return false;
      }
      i += length;
    }
  }

  /** Bytes of the well-formed sequence at an index that is not ASCII; 0 when there is none. */
  private static int sequenceLength(byte[] bytes, int i, int to) {
    int first = bytes[i] & 0xFF;
    // 80..BF cannot begin a character; C0 and C1 begin overlong forms only.
    if (first < 0xC2 || first > 0xF4) {
      return 0;
    }
    int length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (to - i < length || !isSecond(first, bytes[i + 1] & 0xFF)) {
      return 0;
    }
    for (int k = 2; k < length; k++) {
      if ((bytes[i + k] & 0xC0) != 0x80) {
        return 0;
      }
    }
    return length;
  }

  private static boolean isSecond(int first, int second) {
    int lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    int highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    return second >= lowest && second <= highest;
  }
}
