package edtech.analytics.input;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * The text of a gzip object: its members, as appending writers leave them, one after the other.
 * Whatever else stands behind a member is an error that names its place. Some readers pass over it,
 * but what was cut off, or glued on, may have been events.
 */
final class GzipMembers extends InputStream {
  private static final int BUFFER = 1 << 16;
  private static final int MAGIC = 0x1f8b;
  private static final int SHOWN_BYTES = 4;

  /** Tells how much of what it has read was not asked for yet. */
  private static final class Buffered extends BufferedInputStream {
    private Buffered(InputStream in) {
      super(in, BUFFER);
    }

    private int ahead() {
      return count - pos;
    }
  }

  private final SourceObject object;
  private final ListedBytes listed;
  private final Buffered bytes;
  private InputStream member;

  /**
   * @param listed tells how much of the object was read
   * @param all its bytes from the beginning, read out of that
   * @throws IOException when that is no gzip
   */
  GzipMembers(SourceObject object, ListedBytes listed, InputStream all) throws IOException {
    this.object = object;
    this.listed = listed;
    this.bytes = new Buffered(all);
    this.member = new GzipCompressorInputStream(bytes);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int read = member.read(into, offset, length);
    while (read < 0 && openNext()) {
      read = member.read(into, offset, length);
    }
    return read;
  }

  @Override
  public void close() throws IOException {
    member.close();
  }

  private boolean openNext() throws IOException {
    long end = listed.position() - bytes.ahead();
    bytes.mark(SHOWN_BYTES);
    byte[] next = bytes.readNBytes(SHOWN_BYTES);
    bytes.reset();
    if (next.length == 0) {
      return false;
    }
    if (next.length < 2 || ((next[0] & 0xFF) << 8 | next[1] & 0xFF) != MAGIC) {
      throw new InputRefusedException(
          "object "
              + object.uri()
              + " is not valid gzip to its last byte (it ends at byte "
              + end
              + " of "
              + object.bytes()
              + ", and something else follows that begins with "
              + HexFormat.ofDelimiter(" ").formatHex(next)
              + "): upload it again without that");
    }
    member = new GzipCompressorInputStream(bytes);
    return true;
  }
}
