package edtech.analytics.input;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FutureDataInputStreamBuilder;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.s3a.RemoteFileChangedException;
import org.apache.hadoop.fs.s3a.S3AFileStatus;

/** Opens an object in its listed version, and checks its compression against its name. */
final class ObjectOpener {
  private static final byte[] GZIP = {0x1f, (byte) 0x8b};
  private static final byte[] ZSTD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};

  private final Configuration hadoop;

  ObjectOpener(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /** The bytes of a piece, from where {@link LineReader} wants them; decompressed for gzip. */
  InputStream open(Split split) throws IOException {
    SourceObject object = split.object();
    FSDataInputStream bytes = openVersion(split);
    try {
      if (split.start() > 0) {
        bytes.seek(split.start() - 1);
      }
      ListedBytes listed = new ListedBytes(bytes, object);
      // Nothing at all, as some writers leave it, is not gzip, but has no line to lose either.
      if (object.isGzip() && object.bytes() > 0) {
        return new GzipMembers(object, listed);
      }
      return split.start() == 0 ? requirePlain(object, listed) : listed;
    } catch (IOException | RuntimeException e) {
      bytes.close();
      throw e;
    }
  }

  private FSDataInputStream openVersion(Split split) throws IOException {
    SourceObject object = split.object();
    Path path = new Path(object.uri());
    FileSystem files = path.getFileSystem(hadoop);
    FutureDataInputStreamBuilder builder =
        files.openFile(path).opt("fs.option.openfile.read.policy", "sequential");
    if (files.getScheme().equals("s3a")) {
      // A status with an ETag makes S3A ask for that version, and check that it got it.
      builder.withFileStatus(
          new S3AFileStatus(object.bytes(), 0, path, 1, "", object.version(), null));
    }
    try {
      return builder.build().get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while opening " + object.uri(), e);
    }
  }

  /** Checks the first bytes without seeking back, which would cost a second request to S3. */
  private static InputStream requirePlain(SourceObject object, InputStream bytes)
      throws IOException {
    byte[] head = new byte[ZSTD.length];
    int got = bytes.readNBytes(head, 0, head.length);
    if (startsWith(head, got, GZIP) || startsWith(head, got, ZSTD)) {
      throw new InputRefusedException(
          "object "
              + object.uri()
              + " is compressed, but its name says it is not: rename gzip to .jsonl.gz; write zstd"
              + " again as gzip or plain text");
    }
    PushbackInputStream all = new PushbackInputStream(bytes, head.length);
    all.unread(head, 0, got);
    return all;
  }

  private static boolean startsWith(byte[] head, int got, byte[] magic) {
    return got >= magic.length && Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
  }

  /**
   * Turns the exception of a broken, changed or unreadable object into one with a clear message.
   */
  IOException refuse(SourceObject object, IOException cause) {
    if (cause instanceof InputRefusedException || cause instanceof ReadFailedException) {
      return cause;
    }
    if (cause instanceof FileNotFoundException && isListed(object)) {
      return new InputRefusedException(
          "object "
              + object.uri()
              + " is listed, but not found by that name: its key holds '//' or '/./', which an"
              + " address does not keep; rename it",
          cause);
    }
    if (cause instanceof RemoteFileChangedException || cause instanceof FileNotFoundException) {
      return new InputRefusedException(
          "object "
              + object.uri()
              + " changed between listing and reading: load the day again when its objects are"
              + " final",
          cause);
    }
    if (object.isGzip() && isNotTransport(cause)) {
      return new InputRefusedException(
          "object "
              + object.uri()
              + " is not valid gzip to its last byte ("
              + (cause.getMessage() == null ? "it ends too early" : cause.getMessage())
              + "): upload it again",
          cause);
    }
    return StoreFailure.ofReading(object.uri(), hadoop, cause);
  }

  /** Whether the prefix still holds the object; no, where that cannot be found out. */
  private boolean isListed(SourceObject object) {
    String folder = "/dt=" + object.prefixDate() + "/";
    String events = object.uri().substring(0, Math.max(0, object.uri().lastIndexOf(folder)));
    try {
      return new ObjectLister(hadoop, events).list(object.prefixDate()).contains(object);
    } catch (IOException e) {
      return false;
    }
  }

  /** The decompressor throws plain IOException and EOFException; the network its own subclasses. */
  private static boolean isNotTransport(IOException cause) {
    return cause.getClass() == IOException.class
        || cause instanceof EOFException
        || cause instanceof ZipException;
  }
}
