package edtech.analytics.input;

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

class ObjectScannerTest {
  private static final int MAX = 1000;

  /** Gives as many bytes at once as it likes. */
  private static final class Dribble extends InputStream {
    private final InputStream in;
    private final Random random = new Random(7);
    private final int most;

    private Dribble(byte[] bytes, int most) {
      this.in = new ByteArrayInputStream(bytes);
      this.most = most;
    }

    @Override
    public int read() throws IOException {
      return in.read();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      return in.read(into, offset, Math.min(length, 1 + random.nextInt(most)));
    }
  }

  private static List<String> texts(String stream) throws IOException {
    List<String> once = texts(stream, 1 << 20);
    assertThat(texts(stream, 1)).as("byte by byte").isEqualTo(once);
    assertThat(texts(stream, 7)).as("in pieces").isEqualTo(once);
    return once;
  }

  private static List<String> texts(String stream, int most) throws IOException {
    byte[] bytes = stream.getBytes(UTF_8);
    List<String> texts = new ArrayList<>();
    try (ObjectScanner scanner = new ObjectScanner(new Dribble(bytes, most), MAX)) {
      while (scanner.next()) {
        String text = new String(scanner.buffer(), scanner.offset(), scanner.length(), UTF_8);
        assertThat(new String(bytes, (int) scanner.lineStart(), scanner.length(), UTF_8))
            .as("where it begins")
            .isEqualTo(text);
        texts.add(text + (scanner.isTooLong() ? " …" : ""));
      }
    }
    return texts;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", " ", "\r\n\t ", "\n\n\n"})
  void objectsOneBehindTheOther_areToldApart(String between) throws IOException {
    String a = "{\"a\":{\"b\":[{},{\"c\":1}]}}";
    String b = "{\"text\":\"}{ \\\" }\\\\\"}";
    String c = "{\n  \"é\": \"ü\"\r\n}";
    assertThat(texts(between + a + between + b + between + c + between)).containsExactly(a, b, c);
  }

  @Test
  void byteOrderMark_isNoText() throws IOException {
    assertThat(texts("\ufeff{}")).containsExactly("{}");
    assertThat(texts("\ufeff")).isEmpty();
    assertThat(texts("")).isEmpty();
  }

  @Test
  void whatIsNoObject_isATextUpToTheNextBraceOrLineEnd() throws IOException {
    assertThat(texts("{\"a\":1}garbage {\"b\":2}, {\"c\":3}\nlog line\n[1]\n{\"d\":4}}"))
        .containsExactly(
            "{\"a\":1}",
            "garbage ",
            "{\"b\":2}",
            ", ",
            "{\"c\":3}",
            "log line",
            "[1]",
            "{\"d\":4}",
            "}");
  }

  @Test
  void objectBrokenInsideAString_endsWithItsLine() throws IOException {
    assertThat(texts("{\"a\":\"x\n{\"b\":2}\n{\"c\":\"y\\\n{\"d\":4}"))
        .containsExactly("{\"a\":\"x", "{\"b\":2}", "{\"c\":\"y\\", "{\"d\":4}");
  }

  @Test
  void objectThatIsCutOff_isTheRest() throws IOException {
    assertThat(texts("{\"a\":1}{\"b\":{")).containsExactly("{\"a\":1}", "{\"b\":{");
    assertThat(texts("{\"a\":\"\\")).containsExactly("{\"a\":\"\\");
  }

  @Test
  void longObject_isCut_andTheNextOneFound() throws IOException {
    String exact = "{\"x\":\"" + "y".repeat(MAX - 8) + "\"}";
    String more = "{\"x\":\"" + "y".repeat(MAX - 7) + "\"}";
    assertThat(texts(exact + more + "{}"))
        .containsExactly(exact, more.substring(0, MAX) + " …", "{}");
  }

  @Test
  void objectOfManyBuffers_isCut_andTheNextOneFound() throws IOException {
    String huge = "{\"x\":\"" + "y}{".repeat(300_000) + "\"}";
    assertThat(texts("{\"a\":1}" + huge + "{\"b\":2}", 1 << 20))
        .containsExactly("{\"a\":1}", huge.substring(0, MAX) + " …", "{\"b\":2}");
    assertThat(texts(huge + "{\"b\":2}", 50_000))
        .containsExactly(huge.substring(0, MAX) + " …", "{\"b\":2}");
  }

  @Test
  void manySmallObjects_passThroughASmallBuffer() throws IOException {
    StringBuilder all = new StringBuilder();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      expected.add("{\"i\":" + i + "}");
      all.append(expected.get(i));
    }
    assertThat(texts(all.toString(), 1 << 20)).isEqualTo(expected);
  }
}
