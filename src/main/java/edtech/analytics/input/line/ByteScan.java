package edtech.analytics.input.line;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Searches in byte arrays, eight bytes at a time: every byte of the input passes here. */
public final class ByteScan {

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long QUOTES = '"' * ONES;
  private static final long BACKSLASHES = '\\' * ONES;
  private static final long BLANKS = ' ' * ONES;

  private ByteScan() {}

  /** Index of the first such byte in [from, to), or -1. */
  public static int indexOf(byte wanted, byte[] bytes, int from, int to) {
    long pattern = (wanted & 0xFFL) * ONES;
    int i = from;
    for (; i <= to - Long.BYTES; i += Long.BYTES) {
      long difference = (long) WORD.get(bytes, i) ^ pattern;
      // Sets the high bit of each zero byte; only bytes above the first one can be set wrongly.
      long zeros = (difference - ONES) & ~difference & HIGH_BITS;
      if (zeros != 0) {
        return i + (Long.numberOfTrailingZeros(zeros) >>> 3);
      }
    }
    for (; i < to; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Index of the first byte in [from, to) that ends a run of text in a JSON string: a quote, a
   * backslash or a control character; {@code to} without one.
   */
  static int endOfText(byte[] bytes, int from, int to) {
    int i = from;
    for (; i <= to - Long.BYTES; i += Long.BYTES) {
      long word = (long) WORD.get(bytes, i);
      long quote = word ^ QUOTES;
      long backslash = word ^ BACKSLASHES;
      // As above, for each of the three; bytes beyond ASCII are none.
      long found =
          ((quote - ONES) & ~quote | (backslash - ONES) & ~backslash | (word - BLANKS) & ~word)
              & HIGH_BITS;
      if (found != 0) {
        return i + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    while (i < to && bytes[i] != '"' && bytes[i] != '\\' && (bytes[i] >= ' ' || bytes[i] < 0)) {
      i++;
    }
    return i;
  }

  /** Index of the first byte in [from, to) that is not ASCII, or {@code to}. */
  static int endOfAscii(byte[] bytes, int from, int to) {
    int i = from;
    for (; i <= to - Long.BYTES; i += Long.BYTES) {
      long high = (long) WORD.get(bytes, i) & HIGH_BITS;
      if (high != 0) {
        return i + (Long.numberOfTrailingZeros(high) >>> 3);
      }
    }
    while (i < to && bytes[i] >= 0) {
      i++;
    }
    return i;
  }
}
