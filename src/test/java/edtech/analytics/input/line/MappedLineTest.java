package edtech.analytics.input.line;

import static edtech.analytics.input.line.Lines.verdict;
import static edtech.analytics.input.line.MappedLines.as;
import static edtech.analytics.input.line.MappedLines.begins;
import static edtech.analytics.input.line.MappedLines.constant;
import static edtech.analytics.input.line.MappedLines.digest;
import static edtech.analytics.input.line.MappedLines.first;
import static edtech.analytics.input.line.MappedLines.firstBut;
import static edtech.analytics.input.line.MappedLines.is;
import static edtech.analytics.input.line.MappedLines.isAbsent;
import static edtech.analytics.input.line.MappedLines.isAbsentOr;
import static edtech.analytics.input.line.MappedLines.join;
import static edtech.analytics.input.line.MappedLines.line;
import static edtech.analytics.input.line.MappedLines.named;
import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.source.EventField;
import edtech.analytics.source.EventRule;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a mapping makes of a line, rule by rule. */
class MappedLineTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"a\":\"x\",\"b\":{\"c\":\"y\"} | x",
        "\"b\":{\"c\":\"y\"} | y",
        "\"a\":null,\"b\":{\"c\":\"y\"} | y",
        "\"a\":\" \\u3000 \",\"b\":{\"c\":\"y\"} | y",
        "\"a\":\"-1\",\"b\":{\"c\":\"y\"} | y",
        "\"a\":-1,\"b\":{\"c\":\"y\"} | y",
        "\"a\":{\"c\":1},\"b\":{\"c\":\"y\"} | y",
        "\"a\":[1],\"b\":{\"c\":\"y\"} | y",
        "\"a\":\"\",\"b\":{\"c\":7} | 7",
        "\"a\":\"\",\"b\":\"c\" | ``",
        "\"a\":\"\",\"b\":[{\"c\":\"y\"}] | ``",
        "\"b.c\":\"y\" | ``",
        "\"\\u0061\":\"é\\n\" | `é\n`",
        "\"l\":[{\"key\":\"k\",\"value\":{\"n\":5}}] | 5",
        "\"l\":[1,{\"value\":{\"n\":5},\"key\":\"k\"},{\"key\":\"k\",\"value\":{\"n\":6}}] | 5",
        "\"l\":[{\"key\":\"j\",\"value\":{\"n\":4}},{\"key\":7},{},{\"\\u006bey\":\"k\","
            + "\"value\":{\"n\":5}}] | 5",
        "\"l\":[] | ``",
        "\"l\":{\"key\":\"k\",\"value\":{\"n\":5}} | ``",
      })
  void firstPathWithAValue_isTheField(String more, String expected) {
    MappedLines mapping =
        new MappedLines()
            .field(EventField.SESSION_ID, firstBut("-1", "a", "b>c", "l[k]>value>n"))
            .properties("kept");
    assertThat(mapping.parseWith(more).sessionId()).isEqualTo(expected);
    assertThat(verdict(mapping.parseWith(more))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"a\":\"x\",\"b\":7 | x:7",
        "\"a\":true,\"b\":-0.50 | true:-0.50",
        "\"a\":\"x:y\",\"b\":\"é\" | x:y:é",
        "\"a\":\"x\" | ``",
        "\"a\":\"x\",\"b\":\" \" | ``",
        "\"a\":{},\"b\":1 | ``"
      })
  void join_needsAllItsParts(String more, String expected) {
    MappedLines mapping = new MappedLines().field(EventField.SESSION_ID, join("a", "b"));
    assertThat(mapping.parseWith(more).sessionId()).isEqualTo(expected);
  }

  @Test
  void digest_isOfTheLineWithoutTheTextThatIsDropped() {
    MappedLines mapping =
        new MappedLines().field(EventField.EVENT_ID, digest()).droppingTextBefore();
    // printf '{"who":"u1","what":"page","at":1772352000} ' | sha256sum
    String line = "{\"who\":\"u1\",\"what\":\"page\",\"at\":1772352000} ";
    String expected = "ae126d7688246bca45c89c75a82c3a3f2e0d12598e99f7d36811fd58909f44fc";
    assertThat(mapping.parse(line).eventId()).isEqualTo(expected);
    assertThat(mapping.parse("2026 INFO [x] - " + line).eventId()).isEqualTo(expected);
  }

  @Test
  void textBeforeTheObject_isMalformedUnlessItIsDropped() {
    String line = "INFO - " + line("");
    assertThat(verdict(new MappedLines().parse(line))).isEqualTo("malformed_json");
    MappedLines dropping = new MappedLines().droppingTextBefore();
    assertThat(verdict(dropping.parse(line))).isEmpty();
    assertThat(verdict(dropping.parse("INFO - no object"))).isEqualTo("malformed_json");
    assertThat(verdict(dropping.parse(line + "."))).isEqualTo("malformed_json");
  }

  @Test
  void constant_isInEveryEvent() {
    MappedLines mapping = new MappedLines().field(EventField.PLATFORM, constant("ünder"));
    assertThat(mapping.parseWith("\"platform\":\"x\"").platform()).isEqualTo("ünder");
  }

  @Test
  void fieldOfNoPath_isNeverThere() {
    MappedLines mapping = new MappedLines();
    assertThat(mapping.parseWith("\"platform\":\"x\"").platform()).isEmpty();
    assertThat(mapping.parseWith("\"platform\":\"x\"").properties())
        .isEqualTo("{\"platform\":\"x\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "\"true\", true",
    "true, true",
    "3, 3",
    "1.50, 1.50",
    "2e3, 2e3",
    "[], ''",
  })
  void platformResultAndGroup_takeNumbersAndLiteralsAsText(String json, String expected) {
    MappedLines mapping =
        new MappedLines()
            .field(EventField.PLATFORM, first("p"))
            .field(EventField.TASK_ID, constant("t"))
            .field(EventField.TASK_RESULT, first("p", "id"))
            .field(EventField.AB_TEST_ID, constant("a"))
            .field(EventField.AB_GROUP, first("p"))
            .rules(
                as(EventRule.As.TASK_RESULT, is("k", "t")),
                as(EventRule.As.AB_TEST_ASSIGNMENT, is("k", "a")));
    assertThat(mapping.parseWith("\"p\":" + json).platform()).isEqualTo(expected);
    assertThat(mapping.parseWith("\"k\":\"a\",\"p\":" + json).abGroup()).isEqualTo(expected);
    ParsedLine task = mapping.parseWith("\"k\":\"t\",\"p\":" + json);
    assertThat(task.taskResult()).isEqualTo(expected.isEmpty() ? "e1" : expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1772352000", "1772352000000", "\"1772352000000000\"", "\"2026-03-01 08:00:00\""})
  void time_mayCountInAnyUnit(String json) {
    ParsedLine parsed = new MappedLines().parse(line("").replace("1772352000", json));
    assertThat(parsed.timestampMicros()).isEqualTo(1_772_352_000_000_000L);
  }

  @Test
  void otherTypes_areJudgedAsInNativeLines() {
    MappedLines mapping = new MappedLines().field(EventField.SCREEN_NAME, first("s"));
    assertThat(verdict(mapping.parseWith("\"s\":5"))).isEqualTo("invalid_type screen_name");
    assertThat(verdict(mapping.parse(line("").replace("\"u1\"", "true"))))
        .isEqualTo("invalid_type user_id");
    assertThat(verdict(mapping.parse(line("").replace("\"u1\"", "\"undefined\""))))
        .isEqualTo("invalid_type user_id");
    assertThat(verdict(mapping.parse(line("").replace("\"u1\"", "\"a\\u0000\""))))
        .isEqualTo("invalid_type user_id");
    assertThat(verdict(mapping.parse(line("").replace("1772352000", "1772352000.5"))))
        .isEqualTo("invalid_type event_timestamp");
    assertThat(verdict(mapping.parse(line("").replace("\"u1\"", "{}"))))
        .isEqualTo("missing_field user_id");
  }

  @Test
  void firstRuleThatHolds_counts() {
    MappedLines mapping =
        new MappedLines()
            .rules(
                named("first", is("a", "1", "2"), is("b", "true")),
                named("second", is("a", "1")),
                named("third", begins("c>d", "/x")),
                named("fourth", isAbsentOr("a", "none")));
    assertThat(mapping.parseWith("\"a\":2,\"b\":true").eventType()).isEqualTo("first");
    assertThat(mapping.parseWith("\"a\":\"1\",\"b\":false").eventType()).isEqualTo("second");
    assertThat(mapping.parseWith("\"a\":2,\"c\":{\"d\":\"/xy\"}").eventType()).isEqualTo("third");
    assertThat(mapping.parseWith("\"a\":2,\"c\":{\"d\":\"/\"}").eventType()).isEqualTo("page");
    assertThat(mapping.parseWith("\"a\":[1]").eventType()).isEqualTo("fourth");
    assertThat(mapping.parseWith("\"a\":\"none\"").eventType()).isEqualTo("fourth");
    assertThat(mapping.parseWith("\"a\":\"  \"").eventType()).isEqualTo("fourth");
  }

  @Test
  void lessons_areOfTheirKindsAndNeedALesson() {
    MappedLines mapping =
        new MappedLines()
            .field(EventField.COURSE_ID, first("c"))
            .field(EventField.LESSON_ID, first("l"))
            .rules(
                as(EventRule.As.LESSON_START, is("x", "begin")),
                as(
                    EventRule.As.LESSON_COMPLETE,
                    Map.of(EventField.LESSON_ID, first("done")),
                    is("x", "end")));
    ParsedLine start = mapping.parseWith("\"x\":\"begin\",\"c\":\"c1\",\"l\":7");
    assertThat(start.kind()).isEqualTo(EventKind.LESSON_START);
    assertThat(start.courseId() + "/" + start.lessonId()).isEqualTo("c1/7");
    assertThat(start.properties()).isEqualTo("{\"x\":\"begin\"}");
    ParsedLine end = mapping.parseWith("\"x\":\"end\",\"l\":7,\"done\":\"l8\"");
    assertThat(end.kind()).isEqualTo(EventKind.LESSON_COMPLETE);
    assertThat(end.courseId() + "/" + end.lessonId()).isEqualTo("/l8");
    assertThat(Lines.verdict(mapping.parseWith("\"x\":\"end\",\"l\":7")))
        .isEqualTo("missing_field lesson_id");
    assertThat(mapping.parseWith("\"l\":7").kind()).isEqualTo(EventKind.PLAIN);
  }

  @Test
  void kindOfARule_goesBeforeThatOfTheType() {
    MappedLines mapping =
        new MappedLines()
            .field(EventField.PURCHASE_AMOUNT, first("sum"))
            .rules(
                as(EventRule.As.EVENT, is("what", "purchase"), is("k", "plain")),
                as(
                    EventRule.As.PURCHASE,
                    Map.of(EventField.PURCHASE_AMOUNT, first("total")),
                    is("k", "bought")),
                named("purchase", is("k", "named")));
    String purchase = line("\"sum\":1,\"total\":2").replace("page", "purchase");
    assertThat(mapping.parse(purchase).kind()).isEqualTo(EventKind.PURCHASE);
    assertThat(mapping.parse(purchase.replace("}", ",\"k\":\"plain\"}")).kind())
        .isEqualTo(EventKind.PLAIN);
    ParsedLine bought = mapping.parseWith("\"sum\":1,\"total\":2,\"k\":\"bought\"");
    assertThat(bought.kind()).isEqualTo(EventKind.PURCHASE);
    assertThat(bought.eventType()).isEqualTo("page");
    assertThat(bought.amountCents()).isEqualTo(200);
    ParsedLine named = mapping.parseWith("\"sum\":1,\"k\":\"named\"");
    assertThat(named.kind()).isEqualTo(EventKind.PURCHASE);
    assertThat(named.eventType()).isEqualTo("purchase");
  }

  @Test
  void negatedAmount_changesItsSign() {
    EventRule refund =
        new EventRule(List.of(is("what", "page")), EventRule.As.PURCHASE, "", true, Map.of());
    MappedLines mapping =
        new MappedLines().field(EventField.PURCHASE_AMOUNT, first("sum")).rules(refund);
    assertThat(mapping.parseWith("\"sum\":1.5").amountCents()).isEqualTo(-150);
    assertThat(mapping.parseWith("\"sum\":\"-1.5\"").amountCents()).isEqualTo(150);
    assertThat(verdict(mapping.parseWith("\"sum\":\"x\"")))
        .isEqualTo("invalid_amount purchase_amount");
  }

  @Test
  void ignored_comesBeforeAllButEncodingAndSyntax() {
    MappedLines mapping =
        new MappedLines()
            .rules(
                as(EventRule.As.IGNORED, isAbsent(EventField.USER_ID)),
                as(EventRule.As.IGNORED, is(EventField.EVENT_TYPE, "beat")));
    assertThat(mapping.parse("{}").isIgnored()).isTrue();
    assertThat(mapping.parse("{\"who\":null,\"who\":\" \"}").isIgnored()).isTrue();
    assertThat(mapping.parse("{\"who\":1,\"what\":\"beat\",\"a\":{\"b\":1,\"b\":2}}").isIgnored())
        .isTrue();
    assertThat(verdict(mapping.parse("{\"who\":null"))).isEqualTo("malformed_json");
    assertThat(verdict(mapping.parse("{\"a\":\"\\ud800\"}"))).isEqualTo("invalid_encoding");
    assertThat(mapping.parseWith("").isIgnored()).isFalse();
  }

  @Test
  void keptSubtrees_stayWhereTheyAre() {
    MappedLines mapping =
        new MappedLines()
            .field(EventField.SCREEN_NAME, first("p>s"))
            .properties("p", "c>y", "c>b>x");
    assertThat(
            mapping
                .parseWith(
                    "\"z\":1,\"p\":{\"t\":[ 1.0 , {\"b\":1,\"a\":\"é\\/\"} ],\"s\":\"home\"},"
                        + "\"c\":{\"y\":null,\"a\":2,\"b\":{\"x\":\"\\u0001\"}}")
                .properties())
        .isEqualTo(
            "{\"c\":{\"b\":{\"x\":\"\\u0001\"},\"y\":null},"
                + "\"p\":{\"s\":\"home\",\"t\":[1.0,{\"a\":\"é/\",\"b\":1}]}}");
    assertThat(mapping.parseWith("\"p\":7,\"c\":{\"b\":[1]}").properties()).isEqualTo("{\"p\":7}");
    assertThat(mapping.parseWith("\"c\":{\"b\":{\"z\":1}}").properties()).isEmpty();
  }

  @Test
  void withoutPropertiesNamed_allButTheValuesOfFieldsAreKept() {
    MappedLines mapping =
        new MappedLines()
            .field(EventField.PLATFORM, first("a", "b", "c"))
            .field(EventField.SESSION_ID, join("d", "e"))
            .field(EventField.TASK_ID, first("t"))
            .field(EventField.SCREEN_NAME, first("o>s"));
    assertThat(mapping.parseWith("\"b\":\"x\",\"a\":null,\"c\":1").properties())
        .isEqualTo("{\"c\":1}");
    assertThat(mapping.parseWith("\"b\":\"x\",\"a\":[],\"z\":2").properties())
        .isEqualTo("{\"a\":[],\"z\":2}");
    assertThat(mapping.parseWith("\"d\":1,\"e\":2,\"t\":3").properties()).isEqualTo("{\"t\":3}");
    assertThat(mapping.parseWith("\"d\":1").properties()).isEqualTo("{\"d\":1}");
    assertThat(mapping.parseWith("\"o\":{\"s\":\"x\",\"r\":1}").properties())
        .isEqualTo("{\"o\":{\"r\":1,\"s\":\"x\"}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"who\":\"u2\"",
        "\"\\u0077ho\":\"u2\"",
        "\"o\":{\"s\":1},\"o\":2",
        "\"o\":{\"s\":1,\"s\":1}",
        "\"p\":1,\"p\":1",
        "\"p\":[{\"x\":{\"y\":1,\"\\u0079\":1}}]",
        "\"l\":[{\"key\":\"a\",\"key\":\"b\"}]",
        "\"l\":[{\"key\":\"k\",\"v\":1,\"v\":1}]"
      })
  void keyTwice_onTheWayToAPathOrInWhatIsKept_isSeen(String more) {
    assertThat(verdict(ofSomePaths().parseWith(more))).isEqualTo("duplicate_key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"x\":1,\"x\":2",
        "\"x\":{\"a\":1,\"a\":2}",
        "\"o\":{\"r\":1,\"r\":2}",
        "\"o\":{\"s\":{\"a\":1,\"a\":1}}",
        "\"l\":[{\"key\":\"k\",\"x\":1,\"x\":1}]",
        "\"l\":[{\"key\":\"j\",\"v\":1,\"v\":1}]"
      })
  void keyTwice_inWhatIsSkipped_isNot(String more) {
    assertThat(verdict(ofSomePaths().parseWith(more))).isEmpty();
  }

  @Test
  void userIdOfARejectedLine_isKept() {
    MappedLines mapping =
        new MappedLines().field(EventField.USER_ID, join("org", "who")).properties("p");
    ParsedLine rejected = mapping.parseWith("\"org\":\"o\",\"p\":{\"a\":1,\"a\":2}");
    assertThat(verdict(rejected)).isEqualTo("duplicate_key");
    assertThat(rejected.userId()).isEqualTo("o:u1");
    assertThat(mapping.parse("{\"org\":\"o\"}").userId()).isEmpty();
  }

  @Test
  void skippedParts_mustBeJson() {
    MappedLines mapping = new MappedLines().properties("p");
    for (String bad :
        new String[] {
          "01",
          "1.",
          "-",
          "+1",
          ".5",
          "1e",
          "tru",
          "nulll",
          "NaN",
          "[1,]",
          "[,1]",
          "{\"a\"}",
          "{\"a\":}",
          "{\"a\":1,}",
          "{a:1}",
          "{1:1}",
          "'a'",
          "\"\\x\"",
          "\"\\u12G4\"",
          "\"\t\"",
          "{\"a\":1 \"b\":2}",
          "[1 2]",
          "\u00a01",
          "[".repeat(101) + "]".repeat(101),
          ""
        }) {
      assertThat(verdict(mapping.parseWith("\"x\":" + bad))).as(bad).isEqualTo("malformed_json");
      assertThat(verdict(mapping.parseWith("\"p\":" + bad))).as(bad).isEqualTo("malformed_json");
    }
    String deepest = "[".repeat(99) + "{}" + "]".repeat(98) + "]";
    assertThat(verdict(mapping.parseWith("\"x\":" + deepest))).isEqualTo("malformed_json");
    assertThat(verdict(mapping.parseWith("\"x\":" + deepest.substring(1, deepest.length() - 1))))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\"x\":{\"a\":[1,-2.5e+3,\"\\u00e9\\n\\/\"],\"b\":{}},\"y\":[ ]",
        "\"o\" : { \"s\" :\t\"é\" , \"r\":\"\\\\\" }",
        "\"p\":{\"z\":\"\\\"\",\"a\":[{\"d\":1,\"c\":null}]}",
        "\"l\":[{\"v\":1,\"key\":\"k\"},7]",
        "\"o\":null"
      })
  void linesOfThisKind_areReadInPlace(String more) {
    assertThat(ofSomePaths().isReadInPlace(line(more))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\\u0078\":1",
        "\"o\":{\"s\":\"\\n\"}",
        "\"o\":1,\"o\":2",
        "\"p\":{\"z\":\"\\/\"}",
        "\"p\":{\"z\":1,\"z\":1}",
        "\"x\":\"\\ud83d\\ude00\"",
        "\"x\":1x"
      })
  void otherLines_areReadInFull(String more) {
    assertThat(ofSomePaths().isReadInPlace(line(more))).isFalse();
  }

  private static MappedLines ofSomePaths() {
    return new MappedLines().field(EventField.SESSION_ID, first("o>s", "l[k]>v")).properties("p");
  }
}
