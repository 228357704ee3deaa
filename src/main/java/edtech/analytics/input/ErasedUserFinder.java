package edtech.analytics.input;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Tells whether an event belongs to an erased user, and whether a rejected line may. The list holds
 * hashes only, so a line is searched for whole texts: its JSON values as far as it is JSON, texts
 * between quotes, and texts between separators. An id that is cut in two, or is part of a longer
 * word, is not found.
 *
 * <p>Not thread-safe; one for each task.
 */
final class ErasedUserFinder {
  /** 256 characters, the longest id. */
  private static final int MAX_ID_BYTES = 1024;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          // Or lines made for it could make the parser throw something else than IOException.
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();
  private static final String SEPARATORS = "\"'{}[]:,\\ \t\r\n";

  private record Salted(MessageDigest salt, Set<ByteBuffer> hashes) {}

  private final List<Salted> lists = new ArrayList<>();

  ErasedUserFinder(ErasedUsers users) {
    users
        .hashesBySalt()
        .forEach(
            (salt, hashes) -> {
              Set<ByteBuffer> binary = new HashSet<>();
              hashes.forEach(hash -> binary.add(ByteBuffer.wrap(HexFormat.of().parseHex(hash))));
              lists.add(new Salted(ErasedUsers.digest(salt), binary));
            });
  }

  /** Whether a user was erased. */
  boolean isErased(UTF8String userId) {
    if (lists.isEmpty()) {
      return false;
    }
    byte[] id = userId.getBytes();
    return isErased(id, 0, id.length);
  }

  /** Whether a rejected line contains the id of an erased user. */
  boolean isNamedIn(byte[] buffer, int offset, int length) {
    return !lists.isEmpty()
        && (isValueIn(buffer, offset, length)
            || isBetween("\"", buffer, offset, offset + length)
            || isBetween(SEPARATORS, buffer, offset, offset + length));
  }

  /** Reads JSON, which may write an id with escapes, up to the first syntax error. */
  private boolean isValueIn(byte[] buffer, int offset, int length) {
    String text = new String(buffer, offset, length, StandardCharsets.UTF_8);
    try (JsonParser parser = JSON.createParser(text)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isScalarValue() || token == JsonToken.FIELD_NAME) {
          byte[] value = parser.getText().getBytes(StandardCharsets.UTF_8);
          if (isErased(value, 0, value.length)) {
            return true;
          }
        }
      }
      return false;
    } catch (IOException notJson) {
      return false;
    }
  }

  private boolean isBetween(String separators, byte[] buffer, int from, int to) {
    int start = from;
    for (int at = from; at <= to; at++) {
      if (at == to || separators.indexOf(buffer[at]) >= 0) {
        if (isErased(buffer, start, at - start)) {
          return true;
        }
        start = at + 1;
      }
    }
    return false;
  }

  private boolean isErased(byte[] bytes, int offset, int length) {
    if (length == 0 || length > MAX_ID_BYTES) {
      return false;
    }
    for (Salted list : lists) {
      MessageDigest digest = copy(list.salt());
      digest.update(bytes, offset, length);
      if (list.hashes().contains(ByteBuffer.wrap(digest.digest()))) {
        return true;
      }
    }
    return false;
  }

  private static MessageDigest copy(MessageDigest salted) {
    try {
      return (MessageDigest) salted.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("this Java's SHA-256 can't be copied", e);
    }
  }
}
