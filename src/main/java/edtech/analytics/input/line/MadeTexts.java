package edtech.analytics.input.line;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Texts that are made for a line and stand nowhere in it. A text stays in the array that it was
 * made in, also when the next one needs a larger array.
 *
 * <p>Reused from line to line; not thread-safe.
 */
final class MadeTexts {

  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  private final MessageDigest sha256 = Sha256.newDigest();
  private byte[] bytes = new byte[256];
  private int end;

  void clear() {
    end = 0;
  }

  /** Holds the text that is being made. */
  byte[] bytes() {
    return bytes;
  }

  int end() {
    return end;
  }

  /** Takes back what was added behind an end. */
  void cut(int to) {
    end = to;
  }

  void add(byte ascii) {
    reserve(1);
    bytes[end++] = ascii;
  }

  void add(byte[] from, int start, int stop) {
    reserve(stop - start);
    System.arraycopy(from, start, bytes, end, stop - start);
    end += stop - start;
  }

  /** Adds the SHA-256 of bytes in hex. */
  void addDigest(byte[] from, int start, int stop) {
    sha256.update(from, start, stop - start);
    for (byte b : sha256.digest()) {
      add(HEX[(b >> 4) & 0xF]);
      add(HEX[b & 0xF]);
    }
  }

  private void reserve(int more) {
    int needed = Math.addExact(end, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, 2 * bytes.length));
    }
  }
}
