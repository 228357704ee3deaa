package edtech.analytics.input;

import edtech.analytics.input.line.Sha256;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The users whose lines are left out of every load, as SHA-256 of a salt and their id: the list
 * must not itself hold the ids that it removes.
 *
 * @param hashesBySalt salt to hashes, both in hex; one salt for all users of an installation
 */
public record ErasedUsers(Map<String, Set<String>> hashesBySalt) implements Serializable {
  public static final ErasedUsers NONE = new ErasedUsers(Map.of());

  public ErasedUsers {
    Map<String, Set<String>> copy = new TreeMap<>();
    hashesBySalt.forEach((salt, hashes) -> copy.put(salt, new TreeSet<>(hashes)));
    hashesBySalt = copy;
  }

  public boolean isEmpty() {
    return hashesBySalt.isEmpty();
  }

  /** A user's entry in the list. */
  public static String hash(String salt, String userId) {
    MessageDigest digest = digest(salt);
    digest.update(userId.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest.digest());
  }

  /** A digest to which the salt was added; the id comes next. */
  static MessageDigest digest(String salt) {
    MessageDigest digest = Sha256.newDigest();
    digest.update(HexFormat.of().parseHex(salt));
    return digest;
  }
}
