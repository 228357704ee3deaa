package edtech.analytics.input.line;

import org.apache.spark.unsafe.types.UTF8String;

/**
 * Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF, nothing cut
 * off. Jackson's byte parser is lenient in the first three, so lines are checked before it.
 */
final class Utf8 {

  private Utf8() {}

  static boolean isValid(byte[] bytes, int from, int to) {
    // Spark judges character by character; most lines are ASCII for the most part.
    int rest = ByteScan.endOfAscii(bytes, from, to);
    return rest == to || UTF8String.fromBytes(bytes, rest, to - rest).isValid();
  }
}
