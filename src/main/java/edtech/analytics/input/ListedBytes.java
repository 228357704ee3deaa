package edtech.analytics.input;

import java.io.FilterInputStream;
import java.io.IOException;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * The bytes of an object; fails when there are fewer than were listed. S3A takes an answer that is
 * shorter than the requested range for the end of the object, so a line would be cut, and the lines
 * after it lost, silently.
 */
final class ListedBytes extends FilterInputStream {
  private final FSDataInputStream bytes;
  private final long listed;

  /**
   * @param bytes from wherever they stand
   */
  ListedBytes(FSDataInputStream bytes, SourceObject object) {
    super(bytes);
    this.bytes = bytes;
    this.listed = object.bytes();
  }

  @Override
  public int read() throws IOException {
    int one = super.read();
    return one < 0 ? end() : one;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int read = super.read(into, offset, length);
    return read < 0 ? end() : read;
  }

  /** How many bytes of the object were read. */
  long position() throws IOException {
    return bytes.getPos();
  }

  private int end() throws IOException {
    if (bytes.getPos() < listed) {
      throw new CutShortException(bytes.getPos(), listed);
    }
    return -1;
  }

  /** A class of its own, so that it is not mistaken for a decompressor's exception. */
  private static final class CutShortException extends IOException {
    private CutShortException(long got, long listed) {
      super("it ended after " + got + " of " + listed + " bytes");
    }
  }
}
