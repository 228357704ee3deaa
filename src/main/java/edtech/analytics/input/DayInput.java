package edtech.analytics.input;

import edtech.analytics.input.line.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The objects that a load of one day reads: those of its own folder, and those of other days'
 * folders that may hold events of it.
 *
 * @param date the day, in the configured zone
 * @param own objects of the day's folder, by name; empty when there is none
 * @param others objects of earlier and later days' folders, by day and name; empty where a folder
 *     holds events of its own day only
 */
public record DayInput(LocalDate date, List<SourceObject> own, List<SourceObject> others) {

  /**
   * Raised when Java makes other rows of equal lines, which GoldenRowsTest sees; changes of SQL are
   * seen by themselves.
   */
  static final int PARSER = 4;

  /** All objects in the order of their numbers: own ones first, then the others. */
  public List<SourceObject> all() {
    return Stream.concat(own.stream(), others.stream()).toList();
  }

  /** Size in bytes as stored, of all objects read. */
  public long bytes() {
    return all().stream().mapToLong(SourceObject::bytes).sum();
  }

  /** How many objects are read, own ones and others. */
  public int objects() {
    return own.size() + others.size();
  }

  /**
   * The fingerprint of the day's content, a SHA-256 in hex: equal when objects, settings, parser
   * and queries are the same, so that a load would give the same tables.
   *
   * @param meaning the settings that change results
   * @param queries text of the queries that make the tables
   */
  public String fingerprint(String meaning, String queries) {
    MessageDigest digest = Sha256.newDigest();
    add(digest, "parser=" + PARSER, queries, meaning, date.toString());
    all().forEach(o -> add(digest, o.uri(), o.version(), Long.toString(o.bytes())));
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(MessageDigest digest, String... parts) {
    for (String part : parts) {
      digest.update(part.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
  }
}
