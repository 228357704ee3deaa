package edtech.analytics.input;

import java.io.Serializable;
import java.time.LocalDate;
import java.util.List;

/**
 * One object of a day's prefix, as it was listed.
 *
 * @param uri full address
 * @param prefixDate the {@code dt=} it lies under
 * @param bytes size as stored (compressed, where it is)
 * @param version what changes when the content does: the ETag, or modification time and size on a
 *     file system without ETags
 */
public record SourceObject(String uri, LocalDate prefixDate, long bytes, String version)
    implements Serializable {

  private static final List<String> COMPRESSED = List.of(".gz", ".zst", ".zstd", ".bz2");

  private static final List<String> TEXT = List.of(".json", ".jsonl", ".ndjson", ".log", ".txt");

  /** Whether the name says that it is not compressed; its bytes may say otherwise. */
  public boolean isNamedAsText() {
    return TEXT.stream().anyMatch(uri::endsWith);
  }

  /** Whether the name says that it is compressed; its bytes may say otherwise. */
  public boolean isNamedAsCompressed() {
    return COMPRESSED.stream().anyMatch(uri::endsWith);
  }

  boolean isGzip() {
    return uri.endsWith(".gz");
  }
}
