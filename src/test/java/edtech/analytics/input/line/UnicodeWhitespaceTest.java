package edtech.analytics.input.line;

import static edtech.analytics.input.line.UnicodeWhitespace.BLANK;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class UnicodeWhitespaceTest {

  private static final Pattern WHITE_SPACE = Pattern.compile("\\p{IsWhite_Space}");

  @Test
  void everyCodePoint_isJudgedAsUnicodeDoes() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        continue;
      }
      String text = Character.toString(c);
      byte[] bytes = text.getBytes(UTF_8);
      boolean expected = WHITE_SPACE.matcher(text).matches();
      boolean scanned = UnicodeWhitespace.scan(BLANK, bytes, 0, bytes.length) == BLANK;
      if (scanned != expected) {
        assertThat(String.format("U+%04X", c)).isEqualTo("judged as Unicode does");
      }
    }
  }

  @Test
  void emptyText_isBlank() {
    assertThat(UnicodeWhitespace.isBlank(new byte[] {'x'}, 1, 1)).isTrue();
  }

  @Test
  void scan_cutCodePoint_isNotBlank() {
    byte[] cut = {' ', (byte) 0xE2, (byte) 0x80};
    assertThat(UnicodeWhitespace.scan(BLANK, cut, 0, 3)).isNotEqualTo(BLANK);
  }

  @Test
  void scan_codePointOverTwoPieces_isBlank() {
    byte[] piece = {(byte) 0xE2, (byte) 0x80, (byte) 0x89};
    int state = UnicodeWhitespace.scan(BLANK, piece, 0, 2);
    assertThat(UnicodeWhitespace.scan(state, piece, 2, 3)).isEqualTo(BLANK);
  }
}
