package edtech.analytics.input;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The JSON objects of a stream, one after the other, with or without line ends between or inside
 * them. White space between objects is no text. What is neither an object nor white space is a text
 * of its own, up to the next brace or line end. An object that is broken inside a string ends where
 * the line does, so that those after it are found again.
 *
 * <p>Holds at most the longest text allowed and some 64 KiB, whatever the input is.
 */
final class ObjectScanner extends BufferedTexts {
  private static final int SCRATCH_BYTES = 64 * 1024;
  private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final int maxBytes;

  // Of the text that is being scanned.
  private int at;
  private long dropped;

  /**
   * @param maxBytes a longer text is cut
   */
  ObjectScanner(InputStream in, int maxBytes) {
    super(in, SCRATCH_BYTES);
    this.maxBytes = maxBytes;
  }

  @Override
  public boolean next() throws IOException {
    skipBlanks();
    if (!has(position)) {
      return false;
    }
    lineStart = streamPosition;
    at = position;
    dropped = 0;
    if (buffer[at] == '{') {
      scanObject();
    } else {
      scanRest();
    }
    offset = position;
    long whole = at - position + dropped;
    tooLong = whole > maxBytes;
    length = (int) Math.min(whole, maxBytes);
    streamPosition += dropped;
    advanceTo(at);
    return true;
  }

  /** White space alone is no text. */
  @Override
  public boolean isBlank() {
    return false;
  }

  private void skipBlanks() throws IOException {
    if (streamPosition == 0 && has(position + BOM.length - 1) && startsWithBom()) {
      advanceTo(position + BOM.length);
    }
    while (has(position) && isBlank(buffer[position])) {
      advanceTo(position + 1);
    }
  }

  private boolean startsWithBom() {
    return Arrays.equals(buffer, position, position + BOM.length, BOM, 0, BOM.length);
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  /** Moves behind the brace that closes the object, or to the line end that breaks a string. */
  private void scanObject() throws IOException {
    int depth = 0;
    boolean isInString = false;
    while (hasNext()) {
      byte b = buffer[at];
      if (isInString) {
        if (b == '\n') {
          return;
        }
        if (b == '\\') {
          at++;
          if (!hasNext() || buffer[at] == '\n') {
            return;
          }
        }
        isInString = b != '"';
      } else {
        isInString = b == '"';
        depth += b == '{' ? 1 : b == '}' ? -1 : 0;
      }
      at++;
      if (depth == 0) {
        return;
      }
    }
  }

  /** Moves to the next brace that opens, or line end. */
  private void scanRest() throws IOException {
    while (hasNext() && buffer[at] != '{' && buffer[at] != '\n') {
      at++;
    }
  }

  /** Whether the text goes on; makes room for more of it. */
  private boolean hasNext() throws IOException {
    if (at < limit) {
      return true;
    }
    if (at - position >= maxBytes + SCRATCH_BYTES) {
      // What is beyond the longest text was looked at, and is not kept.
      int beyond = at - position - maxBytes - 1;
      dropped += beyond;
      at -= beyond;
      limit = at;
    }
    return has(at);
  }

  /** Whether there is a byte at an index; where the buffer ends before it, more is read. */
  private boolean has(int index) throws IOException {
    int wanted = index;
    while (wanted >= limit) {
      if (limit == buffer.length) {
        int moved = position;
        makeRoom();
        wanted -= moved;
      }
      if (!fill()) {
        return false;
      }
    }
    return true;
  }

  private void makeRoom() {
    if (position > 0) {
      System.arraycopy(buffer, position, buffer, 0, limit - position);
      at -= position;
      limit -= position;
      position = 0;
    } else {
      // Never smaller: a text that is longer than this was cut before.
      buffer = Arrays.copyOf(buffer, Math.min(2 * buffer.length, maxBytes + 2 * SCRATCH_BYTES));
    }
  }
}
