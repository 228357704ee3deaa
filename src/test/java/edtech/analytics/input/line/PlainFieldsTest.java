package edtech.analytics.input.line;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which lines are plain, and that they come to what the other reader makes of them. */
class PlainFieldsTest {

  private static final int LINES = 300_000;
  private static final String[] SEEDS = {
    Lines.plain("\"session_id\":\"s1\",\"platform\":\"ios\",\"screen_name\":\"дом\",\"v\":\"1.2\""),
    Lines.plain("\"b\":-1.50,\"a\":true,\"c\":null,\"currency\":\"EUR\",\"session_id\":\"\""),
    Lines.purchase("\"purchase_amount\":4.99,\"currency\":\"USD\",\"kind\":\"one_off\""),
    Lines.purchase("\"purchase_amount\":\"-12.50\",\"platform\":null"),
    Lines.event("task_result", "\"task_id\":\"t-1\",\"task_result\":\"success\""),
    Lines.event("ab_test_assignment", "\"ab_test_id\":\"t\",\"ab_group\":\"b\"")
  };
  private static final String[] PIECES = {
    "\"",
    "\\",
    ",",
    ":",
    "{",
    "}",
    " ",
    "\t",
    "\r",
    "\n",
    "0",
    "00",
    "-",
    ".",
    "1e2",
    "null",
    "\0",
    "\u00a0",
    "é",
    "\u2003",
    "\u007f",
    "\"a\":1,",
    "\"a\":\"\",",
    "\"user_id\":2,",
    "\"currency\":1,",
    "+02:00",
    "Z",
    "24",
    "success",
    "purchase"
  };

  private static final ParseRules RULES =
      Lines.measuring(
          Lines.measures(
              """
              dimensions { a = platform, b = v, c = "'currency'", d = c.d, e = user_id, f = a }
              metrics {
                all { event-types = [page_view, purchase, task_result], sum = b }
                some { event-types = [page_view, purchase], where { kind = [one_off], a = [true] } }
              }
              """),
          Lines.RULES.source());

  private final LineParser parser = new LineParser(RULES);
  private final EventRules rules = new EventRules(RULES);
  private final PlainFields plain = new PlainFields(RULES.measures());
  private final Random random = new Random(20260301);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\"session_id\":7,\"platform\":true",
        "\"session_id\":\"\u00a0\",\"screen_name\":\"\u3000\"",
        "\"x\":1,\"x\":2",
        "\"session_id\":\"s1\",\"platform\":null,\"screen_name\":\"\"",
        "\"screen_name\":\"урок\"",
        " \"z\" : 1 ,\t\"a\":\"x\" ",
        "\"currency\":\"EUR\",\"task_id\":7,\"é\":\"no, the key\"",
      })
  void linesOfThisKind_arePlainUnlessAKeyIsNotAscii(String more) {
    assertThat(isPlain(Lines.plain(more))).isEqualTo(!more.contains("é"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"screen_name\":\"\\u0041\"",
        "\"x\":{}",
        "\"x\":[]",
        "\"x\":1e2",
        "\"x\":01",
        "\"event_id\":\"e2\""
      })
  void otherLines_areNot(String more) {
    assertThat(isPlain(Lines.plain(more))).isFalse();
  }

  @Test
  void linesOfMoreMembersThanAreKept_areNot() {
    StringBuilder more = new StringBuilder("\"k0\":0");
    for (int i = 1; i < 40; i++) {
      more.append(",\"k").append(i).append("\":0");
    }
    assertThat(isPlain(Lines.plain(more.toString()))).isFalse();
    assertThat(Lines.parse(Lines.plain(more.toString())).properties()).contains("\"k39\":0");
  }

  @Test
  void damagedLines_comeToTheSameWithBothReaders() {
    int plainLines = 0;
    int rejected = 0;
    for (int n = 0; n < LINES; n++) {
      byte[] line = damaged();
      if (!Utf8.isValid(line, 0, line.length)) {
        continue;
      }
      if (plain.read(line, 0, line.length)) {
        ParsedLine fast = new ParsedLine();
        rules.judge(plain, fast);
        ParsedLine full = new ParsedLine();
        parser.parseInFull(line, 0, line.length, full);
        assertThat(Lines.outcome(fast)).as(new String(line, UTF_8)).isEqualTo(Lines.outcome(full));
        plainLines++;
        rejected += fast.reason() == null ? 0 : 1;
      }
    }
    assertThat(plainLines).isBetween(LINES / 30, LINES);
    assertThat(rejected).isBetween(LINES / 100, plainLines);
  }

  private boolean isPlain(String line) {
    byte[] bytes = line.getBytes(UTF_8);
    return plain.read(bytes, 0, bytes.length);
  }

  private byte[] damaged() {
    StringBuilder line = new StringBuilder(SEEDS[random.nextInt(SEEDS.length)]);
    for (int times = random.nextInt(3); times >= 0; times--) {
      int at = random.nextInt(line.length());
      int to = Math.min(line.length(), at + random.nextInt(4));
      line.replace(at, random.nextBoolean() ? at : to, PIECES[random.nextInt(PIECES.length)]);
    }
    return line.toString().getBytes(UTF_8);
  }
}
