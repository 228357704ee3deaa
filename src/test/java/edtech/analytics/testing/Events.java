package edtech.analytics.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;

/** Lines and objects for the tests of this package. */
public final class Events {
  private Events() {}

  /**
   * A line of an event.
   *
   * @param id a JSON value
   * @param timestamp a JSON value
   * @param more members such as {@code "a":1,"b":2}, or ''
   */
  public static String event(String id, String user, String type, String timestamp, String more) {
    return "{\"event_id\":"
        + id
        + ",\"user_id\":\""
        + user
        + "\",\"event_type\":\""
        + type
        + "\",\"event_timestamp\":"
        + timestamp
        + (more.isEmpty() ? "" : "," + more)
        + "}";
  }

  /** A plain event without a session. */
  public static String open(String id, String timestamp) {
    return event(quoted(id), "u1", "open", quoted(timestamp), "");
  }

  public static String quoted(String text) {
    return '"' + text + '"';
  }

  /** Bytes written as chars U+0000 to U+00FF. */
  public static byte[] bytes(String latin1) {
    return latin1.getBytes(ISO_8859_1);
  }

  public static byte[] gzip(String text) {
    return gzip(text.getBytes(UTF_8));
  }

  public static byte[] gzip(byte[] bytes) {
    return compressed(bytes, GZIPOutputStream::new);
  }

  public static byte[] bzip2(byte[] bytes) {
    return compressed(bytes, BZip2CompressorOutputStream::new);
  }

  private interface Compressor {
    OutputStream over(OutputStream out) throws IOException;
  }

  private static byte[] compressed(byte[] bytes, Compressor compressor) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream compressing = compressor.over(out)) {
      compressing.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  public static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      whole.writeBytes(part);
    }
    return whole.toByteArray();
  }

  /** In hexadecimal digits. */
  public static String sha256(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
