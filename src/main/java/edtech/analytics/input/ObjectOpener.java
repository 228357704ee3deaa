package edtech.analytics.input;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.concurrent.ExecutionException;
import java.util.zip.ZipException;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FutureDataInputStreamBuilder;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.s3a.RemoteFileChangedException;
import org.apache.hadoop.fs.s3a.S3AFileStatus;

/**
 * Opens an object in its listed version. How it is compressed is told by its name, which is
 * checked, or by its first bytes.
 */
final class ObjectOpener {
  private final Configuration hadoop;
  private final boolean isNamed;

  /**
   * @param isNamed whether the name of an object says how it is compressed, as in the native layout
   */
  ObjectOpener(Configuration hadoop, boolean isNamed) {
    this.hadoop = hadoop;
    this.isNamed = isNamed;
  }

  /**
   * Opens a piece. Of an object that turns out to be compressed, the first piece is all of it, and
   * the others are empty.
   */
  Piece open(Split split) throws IOException {
    SourceObject object = split.object();
    Compression compression = object.isGzip() && isNamed ? Compression.GZIP : Compression.NONE;
    try {
      FSDataInputStream bytes = openVersion(split);
      try {
        return isNamed ? named(split, compression, bytes) : told(split, bytes);
      } catch (IOException | RuntimeException e) {
        bytes.close();
        throw e;
      }
    } catch (IOException e) {
      throw refuse(object, compression, e);
    }
  }

  private static Piece named(Split split, Compression compression, FSDataInputStream bytes)
      throws IOException {
    SourceObject object = split.object();
    if (split.start() > 0) {
      return plain(split, bytes);
    }
    ListedBytes listed = new ListedBytes(bytes, object);
    // Nothing at all, as some writers leave it, is not gzip, but has no line to lose either.
    if (compression == Compression.GZIP && object.bytes() > 0) {
      InputStream text = new GzipMembers(object, listed, listed);
      return new Piece(object, compression, text, 0, Long.MAX_VALUE);
    }
    byte[] head = listed.readNBytes(Compression.HEAD_BYTES);
    Compression found = Compression.of(head);
    if (found == Compression.GZIP || found == Compression.ZSTD) {
      throw new InputRefusedException(
          "object "
              + object.uri()
              + " is compressed, but its name says it is not: rename gzip to .jsonl.gz; write zstd"
              + " again as gzip or plain text");
    }
    return new Piece(object, compression, together(head, listed), 0, split.end());
  }

  /** By the first bytes of the object. */
  private Piece told(Split split, FSDataInputStream bytes) throws IOException {
    SourceObject object = split.object();
    ListedBytes listed = new ListedBytes(bytes, object);
    byte[] head = listed.readNBytes(Compression.HEAD_BYTES);
    Compression compression = Compression.of(head);
    if (split.start() > 0) {
      return compression == Compression.NONE
          ? plain(split, bytes)
          : new Piece(object, compression, listed, 0, 0);
    }
    InputStream all = together(head, listed);
    try {
      InputStream text =
          switch (compression) {
            case NONE -> all;
            case GZIP -> new GzipMembers(object, listed, all);
            case ZSTD -> new ZstdInputStream(all);
            case BZIP2 -> new BZip2CompressorInputStream(all, true);
          };
      boolean isWhole = compression != Compression.NONE;
      return new Piece(object, compression, text, 0, isWhole ? Long.MAX_VALUE : split.end());
    } catch (IOException e) {
      throw refuse(object, compression, e);
    }
  }

  private static Piece plain(Split split, FSDataInputStream bytes) throws IOException {
    bytes.seek(split.start() - 1);
    InputStream listed = new ListedBytes(bytes, split.object());
    return new Piece(split.object(), Compression.NONE, listed, split.start(), split.end());
  }

  /** What was read to be looked at and the rest; to seek back would cost S3 a second request. */
  private static InputStream together(byte[] head, InputStream rest) throws IOException {
    PushbackInputStream all = new PushbackInputStream(rest, Compression.HEAD_BYTES);
    all.unread(head);
    return all;
  }

  /** Hadoop looks for checksums beside local files, and fails on a name with a colon. */
  private static FileSystem withoutChecksums(FileSystem files) {
    return files instanceof ChecksumFileSystem checked ? checked.getRawFileSystem() : files;
  }

  private FSDataInputStream openVersion(Split split) throws IOException {
    SourceObject object = split.object();
    Path path = new Path(object.uri());
    FileSystem files = withoutChecksums(path.getFileSystem(hadoop));
    FutureDataInputStreamBuilder builder =
        files.openFile(path).opt("fs.option.openfile.read.policy", "sequential");
    if ("s3a".equals(path.toUri().getScheme())) {
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

  /**
   * Turns the exception of a broken, changed or unreadable object into one with a clear message.
   */
  IOException refuse(SourceObject object, Compression compression, IOException cause) {
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
    if (compression != Compression.NONE && isNotTransport(cause)) {
      return new InputRefusedException(
          "object "
              + object.uri()
              + " is not valid "
              + compression
              + " to its last byte ("
              + (cause.getMessage() == null ? "it ends too early" : cause.getMessage())
              + "): upload it again",
          cause);
    }
    return StoreFailure.ofReading(object.uri(), hadoop, cause);
  }

  /** Whether its folder still holds the object; no, where that cannot be found out. */
  private boolean isListed(SourceObject object) {
    try {
      return isNamed ? isInPrefix(object) : isInFolder(object);
    } catch (IOException e) {
      return false;
    }
  }

  private boolean isInPrefix(SourceObject object) throws IOException {
    String folder = "/dt=" + object.prefixDate() + "/";
    String events = object.uri().substring(0, Math.max(0, object.uri().lastIndexOf(folder)));
    return new ObjectLister(hadoop, events).list(object.prefixDate()).contains(object);
  }

  /** With the folders in it: in S3, what follows {@code //} lies in a folder without a name. */
  private boolean isInFolder(SourceObject object) throws IOException {
    Path path = new Path(object.uri());
    RemoteIterator<LocatedFileStatus> listing =
        path.getFileSystem(hadoop).listFiles(path.getParent(), true);
    while (listing.hasNext()) {
      LocatedFileStatus found = listing.next();
      if (found.getPath().toString().equals(object.uri())
          && ObjectLister.version(found).equals(object.version())) {
        return true;
      }
    }
    return false;
  }

  /** The decompressor throws plain IOException and EOFException; the network its own subclasses. */
  private static boolean isNotTransport(IOException cause) {
    return cause.getClass() == IOException.class
        || cause instanceof EOFException
        || cause instanceof ZipException
        || cause instanceof ZstdIOException;
  }
}
