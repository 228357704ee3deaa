package edtech.analytics.input;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineReaderTest {

  private static final String BOM = "\u00ef\u00bb\u00bf";
  private static final String SPACES =
      "\t\u000b\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
          + "\u2009\u200a\u2028\u2029\u202f\u205f\u3000";

  @Test
  void lines_endedByLf_areGivenWithTheirOffsets() throws IOException {
    assertThat(read("ab\ncde\n")).containsExactly("0:ab", "3:cde");
  }

  @Test
  void lastLineWithoutLf_isALine() throws IOException {
    assertThat(read("a\nb")).containsExactly("0:a", "2:b");
  }

  @Test
  void emptyStream_hasNoLine() throws IOException {
    assertThat(read("")).isEmpty();
  }

  @Test
  void onlyLf_isOneBlankLine() throws IOException {
    assertThat(read("\n")).containsExactly("0: blank");
  }

  @Test
  void crBeforeLf_isNotContent() throws IOException {
    assertThat(read("a\r\nb\r\n")).containsExactly("0:a", "3:b");
  }

  @Test
  void crAtTheEndOfTheStream_isNotContent() throws IOException {
    assertThat(read("a\r")).containsExactly("0:a");
  }

  @Test
  void loneCrAndSecondCr_areContent() throws IOException {
    assertThat(read("a\rb\r\r\n")).containsExactly("0:a\rb\r");
  }

  @Test
  void bomAtByteZero_isNotContent() throws IOException {
    assertThat(read(BOM + "a\n" + BOM + "b")).containsExactly("0:a", "5:" + BOM + "b");
  }

  @Test
  void bomAlone_isABlankLine() throws IOException {
    assertThat(read(BOM)).containsExactly("0: blank");
    assertThat(read(BOM + "\r\n")).containsExactly("0: blank");
  }

  @Test
  void cutOrSecondBom_isContent() throws IOException {
    assertThat(read("\u00ef\u00bb\n")).containsExactly("0:\u00ef\u00bb");
    assertThat(read(BOM + BOM + "a")).containsExactly("0:" + BOM + "a");
  }

  @Test
  void everySplit_givesTheLinesOfTheWhole() throws IOException {
    String text = BOM + "ab\r\n\n \ncd\re\n\r\nfghijklmnopqr\nlast";
    List<String> whole = read(text);
    for (int first = 0; first <= text.length(); first++) {
      for (int second = first; second <= text.length(); second++) {
        List<String> parts = new ArrayList<>(part(text, 0, first));
        parts.addAll(part(text, first, second));
        parts.addAll(part(text, second, text.length()));
        assertThat(parts).isEqualTo(whole);
      }
    }
  }

  @Test
  void everySplitOfAFileThatEndsInLf_givesTheLinesOfTheWhole() throws IOException {
    String text = "a\n\nbb\n";
    for (int at = 0; at <= text.length(); at++) {
      List<String> parts = new ArrayList<>(part(text, 0, at));
      parts.addAll(part(text, at, Long.MAX_VALUE));
      assertThat(parts).containsExactly("0:a", "2: blank", "3:bb");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\r\n", "\r", "\nnext\n"})
  void lineOfExactlyTheLimit_isNotTooLong(String ending) throws IOException {
    for (int limit : new int[] {10, 65_536, 131_072, 200_000}) {
      String content = "x".repeat(limit);
      try (LineReader lines = reader(BOM + content + ending, limit)) {
        assertThat(lines.next()).isTrue();
        assertThat(lines.isTooLong()).isFalse();
        assertThat(lines.length()).isEqualTo(limit);
        assertThat(lines.isBlank()).isFalse();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\r\n", "\r", "\nnext\n"})
  void lineOneByteOverTheLimit_isTooLongAndCut(String ending) throws IOException {
    for (int limit : new int[] {10, 65_536, 131_072, 200_000}) {
      String content = "x".repeat(limit);
      try (LineReader lines = reader(BOM + content + "y" + ending, limit)) {
        assertThat(lines.next()).isTrue();
        assertThat(lines.isTooLong()).isTrue();
        assertThat(content(lines)).isEqualTo(content);
      }
    }
  }

  @Test
  void contentOfCrOverTheLimit_isMeasuredWithoutTheLastOne() throws IOException {
    try (LineReader lines = reader("0123456789\r\r\n", 10)) {
      lines.next();
      assertThat(lines.isTooLong()).isTrue();
      assertThat(content(lines)).isEqualTo("0123456789");
    }
  }

  @Test
  void veryLongLine_isCutAndTheLinesAfterItAreWhole() throws IOException {
    int long1 = 3_000_000;
    String text = "a\n" + "x".repeat(long1) + "\nbc\n" + "y".repeat(700_000);
    try (LineReader lines = reader(text, 100_000)) {
      lines.next();
      assertThat(lines.next()).isTrue();
      assertThat(lines.isTooLong()).isTrue();
      assertThat(content(lines)).isEqualTo("x".repeat(100_000));
      assertThat(lines.buffer().length).isLessThan(200_000);
      assertThat(lines.next()).isTrue();
      assertThat(lines.isTooLong()).isFalse();
      assertThat(content(lines)).isEqualTo("bc");
      assertThat(lines.lineStart()).isEqualTo(long1 + 3);
      assertThat(lines.next()).isTrue();
      assertThat(lines.isTooLong()).isTrue();
      assertThat(lines.next()).isFalse();
      assertThat(lines.next()).isFalse();
    }
  }

  @Test
  void splitInsideAVeryLongLine_ownsOnlyWhatBeginsInIt() throws IOException {
    String text = "x".repeat(500_000) + "\nb\n";
    assertThat(part(text, 1000, 2000)).isEmpty();
    assertThat(part(text, 1000, Long.MAX_VALUE)).containsExactly("500001:b");
    assertThat(part("x".repeat(500_000), 1000, Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void blankLine_ofEveryKindOfSpace() throws IOException {
    for (char space : SPACES.toCharArray()) {
      assertThat(blank(String.valueOf(space), 100)).as("U+%04X", (int) space).isTrue();
    }
    assertThat(blank(SPACES, 100)).isTrue();
    assertThat(blank("", 100)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u200b", "\u001c", "\0", "{", " {", "\u3000x", "\u180e", "\ufeff "})
  void lineWithAnythingElse_isNotBlank(String line) throws IOException {
    assertThat(blank("a\n" + line, 100)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {70_000, 131_070, 131_071, 131_072, 131_073, 400_001})
  void blankLineOverTheLimit_isBlank(int spaces) throws IOException {
    for (String space : new String[] {" ", "\u2003", "\u00a0"}) {
      String line = space.repeat(spaces);
      assertThat(blank(line, 10)).isTrue();
      assertThat(blank(line + "\r\n{", 10)).isTrue();
      assertThat(blank(line + ".", 10)).isFalse();
      assertThat(blank(line + ".\n", 10)).isFalse();
      assertThat(blank(line + "\u00c0" + space, 10)).isFalse();
    }
  }

  @Test
  void randomFiles_readInPiecesOfAnySize_givePlainlySplitLines() throws IOException {
    Random random = new Random(11);
    for (int n = 0; n < 300; n++) {
      StringBuilder text = new StringBuilder();
      int lines = random.nextInt(30);
      for (int i = 0; i < lines; i++) {
        int scale = random.nextInt(20) == 0 ? 150_000 : 40;
        text.append("z".repeat(random.nextInt(scale))).append(random.nextBoolean() ? "\n" : "\r\n");
      }
      InputStream dribbling = new Dribble(text.toString().getBytes(ISO_8859_1), random);
      assertThat(lines(new LineReader(dribbling, 0, Long.MAX_VALUE, 1 << 20)))
          .isEqualTo(plainly(text.toString()));
    }
  }

  @Test
  void close_closesTheStream() throws IOException {
    boolean[] closed = {false};
    InputStream in =
        new ByteArrayInputStream(new byte[0]) {
          @Override
          public void close() {
            closed[0] = true;
          }
        };
    new LineReader(in, 0, 1, 10).close();
    assertThat(closed[0]).isTrue();
  }

  /** Gives out as few bytes at a time as it likes, as a network does. */
  private static final class Dribble extends ByteArrayInputStream {
    private final Random random;

    Dribble(byte[] bytes, Random random) {
      super(bytes);
      this.random = random;
    }

    @Override
    public synchronized int read(byte[] into, int offset, int length) {
      return super.read(into, offset, Math.min(length, 1 + random.nextInt(50_000)));
    }
  }

  private static List<String> plainly(String text) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int lineFeed = text.indexOf('\n', start);
      String line = text.substring(start, lineFeed).replace("\r", "");
      lines.add(start + ":" + line + (line.isEmpty() ? " blank" : ""));
      start = lineFeed + 1;
    }
    return lines;
  }

  private static boolean blank(String text, int limit) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    boolean blank = false;
    try (LineReader lines =
        new LineReader(new ByteArrayInputStream(bytes), 0, Long.MAX_VALUE, limit)) {
      if (text.isEmpty()) {
        return !lines.next();
      }
      lines.next();
      blank = lines.isBlank();
      if (text.startsWith("a\n")) {
        lines.next();
        blank = lines.isBlank();
      }
    }
    return blank;
  }

  private static List<String> read(String latin1) throws IOException {
    return part(latin1, 0, Long.MAX_VALUE);
  }

  private static List<String> part(String latin1, int start, long end) throws IOException {
    byte[] bytes = latin1.getBytes(ISO_8859_1);
    int seek = Math.max(0, start - 1);
    InputStream in = new ByteArrayInputStream(bytes, seek, bytes.length - seek);
    return lines(new LineReader(in, start, end, 1 << 20));
  }

  private static LineReader reader(String latin1, int maxLineBytes) {
    InputStream in = new ByteArrayInputStream(latin1.getBytes(ISO_8859_1));
    return new LineReader(in, 0, Long.MAX_VALUE, maxLineBytes);
  }

  private static List<String> lines(LineReader reader) throws IOException {
    List<String> lines = new ArrayList<>();
    while (reader.next()) {
      lines.add(reader.lineStart() + ":" + content(reader) + (reader.isBlank() ? " blank" : ""));
    }
    return lines;
  }

  private static String content(LineReader reader) {
    String text = new String(reader.buffer(), reader.offset(), reader.length(), ISO_8859_1);
    return reader.isBlank() ? "" : text;
  }
}
