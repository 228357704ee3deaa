package edtech.analytics.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ErasedUserFinderTest {
  private static final String SALT = "00ff";
  private static final ErasedUserFinder FINDER = finder("ü-1", "42", "a b,c");

  @Test
  void hash_isSha256OfSaltAndId() {
    // printf '\x00\xff42' | sha256sum
    assertThat(ErasedUsers.hash(SALT, "42"))
        .isEqualTo("295f0eccd823242e138c7a395abdf62b81f1b1f92bb4f1f49fce45099f9da848");
  }

  @Test
  void event_isErased_byItsWholeId() {
    assertThat(FINDER.isErased(UTF8String.fromString("42"))).isTrue();
    assertThat(FINDER.isErased(UTF8String.fromString("421"))).isFalse();
    assertThat(finder().isErased(UTF8String.fromString("42"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"user_id\":42}",
        "{\"user_id\":42,",
        "{\"x\":{\"friends\":[\"7\",\"42\"]}}",
        "{\"user_id\":\"\\u00fc-1\"}",
        "{\"user_id\":\"\\u00FC-1\"} trailing",
        "{\"user_id\":\"a b,c\", broken",
        "user ü-1 broken",
        "'42'",
        "42",
        "{\\\"user_id\\\":\\\"ü-1\\\"}"
      })
  void lineThatNamesTheUser_isFound(String line) {
    assertThat(isNamedIn(FINDER, line)).isTrue();
    assertThat(isNamedIn(finder(), line)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"user_id\":421}", "{\"user_id\":\"u-42\"}", "", "{\"a b\":1,\"c\":2}"})
  void otherLine_isNot(String line) {
    assertThat(isNamedIn(FINDER, line)).isFalse();
  }

  private static boolean isNamedIn(ErasedUserFinder finder, String line) {
    byte[] bytes = ("xx" + line).getBytes(UTF_8);
    return finder.isNamedIn(bytes, 2, bytes.length - 2);
  }

  private static ErasedUserFinder finder(String... users) {
    if (users.length == 0) {
      return new ErasedUserFinder(ErasedUsers.NONE);
    }
    Set<String> hashes = new HashSet<>();
    for (String user : users) {
      hashes.add(ErasedUsers.hash(SALT, user));
    }
    return new ErasedUserFinder(new ErasedUsers(Map.of(SALT, hashes)));
  }
}
