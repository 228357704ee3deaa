package edtech.analytics.input.line;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {

  @Test
  void everyCodePoint_isValid() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
        byte[] bytes = Character.toString(c).getBytes(UTF_8);
        assertThat(Utf8.isValid(bytes, 0, bytes.length)).isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u00c0\u00af",
        "\u00c1\u00bf",
        "\u00e0\u0080\u00af",
        "\u00e0\u009f\u00bf",
        "\u00f0\u0080\u0080\u00af",
        "\u00f0\u008f\u00bf\u00bf",
        "\u00ed\u00a0\u0080",
        "\u00ed\u00bf\u00bf",
        "\u00f4\u0090\u0080\u0080",
        "\u00f5\u0080\u0080\u0080",
        "\u00ff",
        "\u00fe",
        "\u0080",
        "\u00bf",
        "\u00c3",
        "\u00e2\u0082",
        "\u00f0\u009f\u0098",
        "\u00c3(",
        "\u00e2(\u00a1",
        "\u00e2\u0082(",
        "\u00f0\u009f\u0098(",
        "12345678\u00ff",
        "\u00f8\u0088\u0080\u0080\u0080"
      })
  void brokenSequence_isNotValid(String latin1) {
    byte[] bytes = Lines.bytes(latin1);
    assertThat(Utf8.isValid(bytes, 0, bytes.length)).isFalse();
  }

  @Test
  void sequenceCutByTheEndOfTheRange_isNotValid() {
    byte[] bytes = "aé".getBytes(UTF_8);
    assertThat(Utf8.isValid(bytes, 0, 2)).isFalse();
    assertThat(Utf8.isValid(bytes, 0, 1)).isTrue();
  }

  @Test
  void randomBytes_areJudgedAsJavasDecoderDoes() {
    Random random = new Random(7);
    int[] likely = {0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 'a'};
    for (int n = 0; n < 300_000; n++) {
      byte[] bytes = new byte[random.nextInt(12)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) likely[random.nextInt(likely.length)];
      }
      assertThat(Utf8.isValid(bytes, 0, bytes.length)).isEqualTo(decodes(bytes));
    }
  }

  private static boolean decodes(byte[] bytes) {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
