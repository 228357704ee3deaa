package edtech.analytics.input;

import edtech.analytics.input.line.ByteScan;
import edtech.analytics.input.line.UnicodeWhitespace;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The lines of a stream, or of a part of one, as bytes. A line ends at LF. Its content is without
 * the LF, one CR before it and, at byte 0 of the stream, a UTF-8 byte order mark. A last line
 * without LF is a line; an empty rest after the last LF is not. Any other CR is content.
 *
 * <p>Holds at most the longest line allowed and some 64 KiB, whatever the input is. A line is a
 * range of the buffer, valid until the next call of {@link #next}.
 *
 * <p>Not thread-safe. Closing closes the stream.
 */
public final class LineReader extends BufferedTexts {

  private static final int BUFFER_BYTES = 128 * 1024;
  private static final int SKIP_BYTES = 64 * 1024;
  private static final int BOM_BYTES = 3;
  private static final int LINE_END_BYTES = 2;
  private static final int NO_ROOM = -1;

  private final long end;
  private final int maxLineBytes;
  private final int maxBufferBytes;

  private boolean insideLine;
  private boolean blank;

  /**
   * Reads the lines whose first byte lies in [start, end).
   *
   * @param in stands at byte {@code start - 1}, or at byte 0 when {@code start} is 0: whether a
   *     line begins at {@code start} shows only in the byte before it
   * @param start first byte of the part
   * @param end byte after the part, {@link Long#MAX_VALUE} for a stream read whole
   * @param maxLineBytes content beyond this makes a line too long
   */
  public LineReader(InputStream in, long start, long end, int maxLineBytes) {
    super(in, BUFFER_BYTES);
    this.end = end;
    this.maxLineBytes = maxLineBytes;
    // A line that fills all but the bytes for skipping is too long whatever its ends are.
    long bytes = (long) maxLineBytes + BOM_BYTES + LINE_END_BYTES + SKIP_BYTES;
    this.maxBufferBytes = (int) Math.min(Math.max(bytes, BUFFER_BYTES), Integer.MAX_VALUE - 8);
    this.insideLine = start > 0;
    this.streamPosition = insideLine ? start - 1 : 0;
  }

  @Override
  public boolean next() throws IOException {
    if (insideLine) {
      insideLine = false;
      skipPastLineEnd(0, UnicodeWhitespace.NOT_BLANK);
    }
    lineStart = streamPosition;
    if (lineStart >= end) {
      return false;
    }
    int lineEnd = findLineEnd();
    if (lineEnd == position && lineEnd == limit) {
      return false;
    }
    offset = position + (startsWithBom() ? BOM_BYTES : 0);
    if (lineEnd == NO_ROOM) {
      takeHead();
    } else {
      take(lineEnd);
    }
    return true;
  }

  @Override
  public boolean isBlank() {
    return blank;
  }

  /** Index of the LF, the limit at the end of the stream, or NO_ROOM. */
  private int findLineEnd() throws IOException {
    int from = position;
    while (true) {
      int lineFeed = ByteScan.indexOf((byte) '\n', buffer, from, limit);
      if (lineFeed >= 0) {
        return lineFeed;
      }
      int scanned = limit - position;
      if (!makeRoom()) {
        return NO_ROOM;
      }
      from = position + scanned;
      if (!fill()) {
        return limit;
      }
    }
  }

  private boolean makeRoom() {
    if (position > 0) {
      System.arraycopy(buffer, position, buffer, 0, limit - position);
      limit -= position;
      position = 0;
    }
    if (limit == buffer.length && limit < maxBufferBytes) {
      buffer = Arrays.copyOf(buffer, (int) Math.min(2L * limit, maxBufferBytes));
    }
    return limit < buffer.length;
  }

  private boolean startsWithBom() {
    return lineStart == 0
        && limit - position >= BOM_BYTES
        && buffer[position] == (byte) 0xEF
        && buffer[position + 1] == (byte) 0xBB
        && buffer[position + 2] == (byte) 0xBF;
  }

  private void take(int lineEnd) {
    int contentEnd = lineEnd;
    if (contentEnd > offset && buffer[contentEnd - 1] == '\r') {
      contentEnd--;
    }
    tooLong = contentEnd - offset > maxLineBytes;
    length = Math.min(contentEnd - offset, maxLineBytes);
    blank = isBlank(UnicodeWhitespace.scan(UnicodeWhitespace.BLANK, buffer, offset, contentEnd));
    advanceTo(Math.min(lineEnd + 1, limit));
  }

  /** Keeps the head of a line that fills the buffer and reads over the rest. */
  private void takeHead() throws IOException {
    tooLong = true;
    length = maxLineBytes;
    int state = UnicodeWhitespace.scan(UnicodeWhitespace.BLANK, buffer, offset, limit);
    advanceTo(limit);
    blank = isBlank(skipPastLineEnd(offset + maxLineBytes, state));
  }

  /**
   * Reads past the next LF, using the buffer from an index on; everything buffered has been passed.
   *
   * @return the state of the white-space scan at the end of the line
   */
  private int skipPastLineEnd(int from, int state) throws IOException {
    int now = state;
    while (true) {
      position = from;
      limit = from;
      if (!fill()) {
        return now;
      }
      int lineFeed = ByteScan.indexOf((byte) '\n', buffer, from, limit);
      int lineEnd = lineFeed < 0 ? limit : lineFeed;
      now = UnicodeWhitespace.scan(now, buffer, from, lineEnd);
      advanceTo(Math.min(lineEnd + 1, limit));
      if (lineFeed >= 0) {
        return now;
      }
    }
  }

  private static boolean isBlank(int state) {
    return state == UnicodeWhitespace.BLANK;
  }
}
