package edtech.analytics.input;

import java.io.IOException;
import java.io.InputStream;

/**
 * The buffer that texts are found in, and the one found last. Where texts begin and end is for
 * those who extend it.
 *
 * <p>Not thread-safe.
 */
abstract class BufferedTexts implements LineSource {
  final InputStream in;
  byte[] buffer;

  /** Of the first byte that belongs to no text yet. */
  int position;

  /** Of the byte behind the last one that was read. */
  int limit;

  /** Where in the stream the position is. */
  long streamPosition;

  // The text found last.
  int offset;
  int length;
  boolean tooLong;
  long lineStart;

  BufferedTexts(InputStream in, int bufferBytes) {
    this.in = in;
    this.buffer = new byte[bufferBytes];
  }

  @Override
  public final byte[] buffer() {
    return buffer;
  }

  @Override
  public final int offset() {
    return offset;
  }

  @Override
  public final int length() {
    return length;
  }

  @Override
  public final boolean isTooLong() {
    return tooLong;
  }

  @Override
  public final long lineStart() {
    return lineStart;
  }

  @Override
  public final void close() throws IOException {
    in.close();
  }

  /** Reads more; false when the stream has ended. There must be room. */
  final boolean fill() throws IOException {
    int read = in.read(buffer, limit, buffer.length - limit);
    limit += Math.max(read, 0);
    return read >= 0;
  }

  /** Moves past bytes of the buffer. */
  final void advanceTo(int index) {
    streamPosition += index - position;
    position = index;
  }
}
