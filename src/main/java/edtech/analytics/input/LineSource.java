package edtech.analytics.input;

import java.io.Closeable;
import java.io.IOException;

/**
 * The events' texts of an object, or of a part of one, as bytes: lines, or whatever else the source
 * says that holds an event. A text is a range of the buffer, valid until the next one is asked for.
 *
 * <p>Not thread-safe. Closing closes the stream.
 */
public interface LineSource extends Closeable {
  /** Moves to the next text; false when there is none. */
  boolean next() throws IOException;

  /** The array the text lies in; it may be another one after each {@link #next}. */
  byte[] buffer();

  /** Where in the buffer the text begins. */
  int offset();

  /** Bytes of the text, at most {@code max-line-bytes}. */
  int length();

  /**
   * Whether the text is longer than {@code max-line-bytes}; the buffer then holds exactly that many
   * bytes of it. A text can be too long and blank: blank counts first.
   */
  boolean isTooLong();

  /** Whether the whole text, kept or not, is nothing but Unicode white space. */
  boolean isBlank();

  /** Offset in the stream (after decompression) of the first byte, byte order mark included. */
  long lineStart();
}
