package edtech.analytics.input.line;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SurrogateEscapesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\\ud800",
        "\\uDBFF",
        "\\udc00",
        "\\uDFFF",
        "\\ud800x",
        "\\ud800\\u0041",
        "\\ud800\\ud800\\udc00",
        "\\ud83d\\ude00\\ude00",
        "\\ud800\\\\udc00",
        "\\\\\\ud800",
        "\\n\\ud800",
        "\\ud800 \\udc00",
        "\\ud800\\udc0",
        "\\ud800\\n",
        "12345678\\ud8ab",
        "{\"\\ud800\":1}",
        "\\u\\ud800",
        "\\u00e\\udead"
      })
  void loneSurrogate_isFound(String raw) {
    byte[] bytes = raw.getBytes(UTF_8);
    assertThat(SurrogateEscapes.hasLone(bytes, 0, bytes.length)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "\\", "\\\\", "ud800", "\\\\ud800", "\\\\\\\\udc00", "\\ud83d\\ude00",
        "\\uD83D\\uDE00\\uD83D\\uDE00", "\\ud7ff", "\\ue000", "\\u", "\\ud80", "\\ud8zz", "\\Ud800",
        "\\n\\t\\\"", "\\u0041", "\\u005cud800", "\\"
      })
  void anythingElse_isNot(String raw) {
    byte[] bytes = raw.getBytes(UTF_8);
    assertThat(SurrogateEscapes.hasLone(bytes, 0, bytes.length)).isFalse();
  }
}
