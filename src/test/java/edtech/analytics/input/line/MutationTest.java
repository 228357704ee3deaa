package edtech.analytics.input.line;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Damages valid lines at random and compares what becomes of them with Jackson's own verdict. */
class MutationTest {

  private static final int LINES = 200_000;
  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();
  private static final String[] SEEDS = {
    Lines.plain("\"session_id\":\"s1\",\"platform\":null,\"screen_name\":\"дом\""),
    Lines.event("lesson_start", "\"lesson_id\":12,\"course_id\":\"c\",\"a\":1"),
    Lines.purchase("\"purchase_amount\":-12.50,\"currency\":\"usd\",\"a\":{\"b\":[1,{\"c\":2e3}]}"),
    Lines.event(
        "task_result", "\"task_id\":12,\"task_result\":\"success\",\"t\":\"\\ud83d\\ude00\""),
    Lines.event(
        "ab_test_assignment", "\"ab_test_id\":\"t\",\"ab_group\":\"😀\",\"x\":[true,null,\"\\\\\"]")
  };
  private static final String[] PIECES = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u",
    "\\ud800",
    "\\udc00",
    "0",
    "-",
    "e",
    ".",
    "1e999",
    "null",
    "true",
    "\0",
    " ",
    "\t",
    "\r",
    "'",
    "//",
    "/*",
    "\u00a0",
    "\"a\":1,",
    "\"user_id\":2,",
    "é"
  };

  private final Random random = new Random(20260301);

  @Test
  void damagedLines_neverThrowAndAreAcceptedOnlyWhenTheyAreJson() {
    LineParser parser = new LineParser(Lines.RULES);
    ParsedLine parsed = new ParsedLine();
    int events = 0;
    for (int n = 0; n < LINES; n++) {
      byte[] line = damaged();
      assertThatCode(() -> parser.parse(line, 0, line.length, parsed)).doesNotThrowAnyException();
      agreesWithJackson(line, parsed);
      events += parsed.reason() == null ? 1 : 0;
    }
    assertThat(events).isBetween(LINES / 50, LINES / 2);
  }

  private static void agreesWithJackson(byte[] line, ParsedLine parsed) {
    String failure = jacksonFailure(line);
    String text = new String(line, UTF_8);
    boolean judgedAsJson =
        parsed.reason() == null || parsed.reason().compareTo(Reason.DUPLICATE_KEY) > 0;
    if (judgedAsJson) {
      assertThat(failure).as(text).isEmpty();
    } else if (parsed.reason() == Reason.MALFORMED_JSON) {
      assertThat(failure).as(text).isNotEmpty();
    } else if (parsed.reason() == Reason.DUPLICATE_KEY) {
      assertThat(failure).as(text).contains("Duplicate field");
    }
  }

  /** Jackson's complaint about a line, '' when it is one JSON object. */
  private static String jacksonFailure(byte[] line) {
    try {
      JsonNode node = STRICT.readTree(line);
      return node.isObject() ? "" : "no object";
    } catch (JsonProcessingException e) {
      return e.getOriginalMessage();
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private byte[] damaged() {
    byte[] line = SEEDS[random.nextInt(SEEDS.length)].getBytes(UTF_8);
    int times = 1 + random.nextInt(3);
    for (int i = 0; i < times; i++) {
      line = damage(line);
    }
    return line;
  }

  private byte[] damage(byte[] line) {
    int at = random.nextInt(line.length + 1);
    int to = Math.min(line.length, at + random.nextInt(8));
    return switch (random.nextInt(6)) {
      case 0 -> spliced(line, at, at, PIECES[random.nextInt(PIECES.length)].getBytes(UTF_8));
      case 1 -> spliced(line, at, to, new byte[0]);
      case 2 -> spliced(line, at, line.length, new byte[0]);
      case 3 -> spliced(line, at, at, new byte[] {(byte) random.nextInt(256)});
      case 4 ->
          spliced(line, at, Math.min(at + 1, line.length), new byte[] {(byte) random.nextInt(256)});
      default -> spliced(line, at, at, spliced(line, 0, at, new byte[0]));
    };
  }

  private static byte[] spliced(byte[] line, int from, int to, byte[] piece) {
    byte[] result = new byte[line.length - (to - from) + piece.length];
    System.arraycopy(line, 0, result, 0, from);
    System.arraycopy(piece, 0, result, from, piece.length);
    System.arraycopy(line, to, result, from + piece.length, line.length - to);
    return result;
  }
}
