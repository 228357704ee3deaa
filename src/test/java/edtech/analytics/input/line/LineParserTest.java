package edtech.analytics.input.line;

import static edtech.analytics.input.line.Lines.event;
import static edtech.analytics.input.line.Lines.parse;
import static edtech.analytics.input.line.Lines.plain;
import static edtech.analytics.input.line.Lines.purchase;
import static edtech.analytics.input.line.Lines.rules;
import static edtech.analytics.input.line.Lines.verdict;
import static edtech.analytics.input.line.Lines.with;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of the fields, and which reason a line gets; JSON itself is in JsonCorpusTest. */
class LineParserTest {

  @Test
  void plainEvent_hasItsFieldsAndNoOthers() {
    ParsedLine event =
        parse(
            plain(
                "\"session_id\":\"s1\",\"platform\":\"ios\",\"screen_name\":\"home\","
                    + "\"course_id\":\"c1\",\"lesson_id\":\"l1\""));
    assertThat(event.reason()).isNull();
    assertThat(event.detail()).isEmpty();
    assertThat(event.kind()).isEqualTo(EventKind.PLAIN);
    assertThat(event.eventId()).isEqualTo("e1");
    assertThat(event.userId()).isEqualTo("u1");
    assertThat(event.eventType()).isEqualTo("page_view");
    assertThat(event.sessionId()).isEqualTo("s1");
    assertThat(event.platform()).isEqualTo("ios");
    assertThat(event.screenName()).isEqualTo("home");
    assertThat(event.courseId()).isEqualTo("c1");
    assertThat(event.lessonId()).isEqualTo("l1");
    assertThat(event.timestampMicros()).isEqualTo(1_772_359_200_000_000L);
    assertThat(event.eventDay()).isEqualTo((int) LocalDate.of(2026, 3, 1).toEpochDay());
    assertThat(event.properties()).isEmpty();
    assertThat(event.amountCents()).isZero();
    assertThat(event.isSuccess()).isFalse();
    assertThat(event.currency() + event.taskId() + event.taskResult()).isEmpty();
    assertThat(event.abTestId() + event.abGroup()).isEmpty();
  }

  @Test
  void purchase_hasAmountAndCurrency() {
    ParsedLine event = parse(purchase("\"purchase_amount\":\"-9.90\",\"currency\":\"usd\""));
    assertThat(verdict(event)).isEmpty();
    assertThat(event.kind()).isEqualTo(EventKind.PURCHASE);
    assertThat(event.amountCents()).isEqualTo(-990);
    assertThat(event.currency()).isEqualTo("USD");
    assertThat(event.properties()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"success, true", "passed, true", "Success, false", "failed, false"})
  void taskResult_isSuccessAsConfigured(String result, boolean expected) {
    ParsedLine event =
        parse(event("task_result", "\"task_id\":17,\"task_result\":\"" + result + "\""));
    assertThat(verdict(event)).isEmpty();
    assertThat(event.kind()).isEqualTo(EventKind.TASK_RESULT);
    assertThat(event.taskId()).isEqualTo("17");
    assertThat(event.taskResult()).isEqualTo(result);
    assertThat(event.isSuccess()).isEqualTo(expected);
    assertThat(event.properties()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"ab_test_id\":\"t\",\"ab_group\":\"b\" | t | b",
        "\"ab_test_id\":5,\"ab_group\":6 | 5 | 6",
        "\"ab_test_id\":\"t\" | t | ''",
        "\"ab_test_id\":\"t\",\"ab_group\":null | t | ''",
        "\"ab_test_id\":\"t\",\"ab_group\":\" \" | t | ''"
      })
  void assignment_hasTestAndGroup(String more, String test, String group) {
    ParsedLine event = parse(event("ab_test_assignment", more));
    assertThat(verdict(event)).isEmpty();
    assertThat(event.kind()).isEqualTo(EventKind.AB_ASSIGNMENT);
    assertThat(event.abTestId()).isEqualTo(test);
    assertThat(event.abGroup()).isEqualTo(group);
    assertThat(event.properties()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"17, 17", "-5, -5", "0, 0", "-0, 0", "123456789012345678901234567890, same"})
  void integerId_isKeptInDecimalForm(String json, String expected) {
    ParsedLine event = parse(with("event_id", json));
    assertThat(verdict(event)).isEmpty();
    assertThat(event.eventId()).isEqualTo(expected.equals("same") ? json : expected);
  }

  @Test
  void stringId_isKeptAsItIs() {
    assertThat(parse(with("user_id", "\" \\u00e9\\n\\ud83d\\ude00 \"")).userId())
        .isEqualTo(" é\n😀 ");
    assertThat(parse(with("user_id", "\"-0\"")).userId()).isEqualTo("-0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"event_id", "user_id"})
  void idOf256CodePoints_isTheLongest(String field) {
    assertThat(verdict(with(field, "\"" + "😀".repeat(256) + "\""))).isEmpty();
    assertThat(verdict(with(field, "\"" + "😀".repeat(257) + "\"")))
        .isEqualTo("invalid_type " + field);
    assertThat(verdict(with(field, "9".repeat(256)))).isEmpty();
    assertThat(verdict(with(field, "9".repeat(257)))).isEqualTo("invalid_type " + field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"null\"", "\"undefined\"", "\"0\"", "0", "-0", "\"n\\u0075ll\""})
  void placeholderAsUserId_isInvalid(String json) {
    assertThat(verdict(with("user_id", json))).isEqualTo("invalid_type user_id");
    assertThat(verdict(with("event_id", json))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"NULL\"", "\" null\"", "\"nullable\"", "\"00\"", "10", "\"-0\""})
  void userIdThatOnlyLooksLikeAPlaceholder_isKept(String json) {
    assertThat(verdict(with("user_id", json))).isEmpty();
  }

  @Test
  void eventTypeOf256CodePoints_isTheLongest() {
    assertThat(verdict(with("event_type", "\"" + "😀".repeat(256) + "\""))).isEmpty();
    assertThat(verdict(with("event_type", "\"" + "😀".repeat(257) + "\"")))
        .isEqualTo("invalid_type event_type");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"aZ09_.-", "Order Completed", "$pageview", "/courses/x", " a", "é", "a\\n"})
  void eventType_mayHoldAnyCharacter(String type) {
    String expected = type.replace("\\n", "\n");
    assertThat(parse(with("event_type", "\"" + type + "\"")).eventType()).isEqualTo(expected);
  }

  @Test
  void textWithoutALengthLimit_mayBeLong() {
    String text = "x".repeat(10_000);
    assertThat(parse(plain("\"screen_name\":\"" + text + "\"")).screenName()).isEqualTo(text);
    assertThat(parse(plain("\"session_id\":" + "9".repeat(1000))).sessionId()).hasSize(1000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"event_id", "user_id", "event_type", "event_timestamp"})
  void neededFieldAbsentNullOrBlank_isMissing(String field) {
    for (String json : new String[] {null, "null", "\"\"", "\" \"", "\"\\u00a0\\t\\u3000\""}) {
      assertThat(verdict(with(field, json))).isEqualTo("missing_field " + field);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "purchase | \"x\":1 | purchase_amount",
        "purchase | \"purchase_amount\":null | purchase_amount",
        "purchase | \"purchase_amount\":\"\" | purchase_amount",
        "purchase | \"purchase_amount\":\"  \" | purchase_amount",
        "task_result | \"x\":1 | task_id",
        "task_result | \"task_id\":\"t\" | task_result",
        "task_result | \"task_result\":\"success\" | task_id",
        "task_result | \"task_id\":\"t\",\"task_result\":\"\\t\" | task_result",
        "ab_test_assignment | \"ab_group\":\"b\" | ab_test_id",
        "ab_test_assignment | \"ab_test_id\":null | ab_test_id",
        "ab_test_assignment | \"ab_test_id\":\"\" | ab_test_id"
      })
  void fieldItsTypeNeeds_isMissing(String type, String more, String field) {
    assertThat(verdict(event(type, more))).isEqualTo("missing_field " + field);
  }

  @ParameterizedTest
  @CsvSource({
    "event_id, 1.0",
    "event_id, 1e2",
    "event_id, true",
    "event_id, false",
    "event_id, {}",
    "event_id, []",
    "event_id, [1]",
    "event_id, \"a\\u0000\"",
    "event_id, \"\\u0000\"",
    "user_id, 1.5",
    "user_id, 1E0",
    "user_id, true",
    "user_id, {\"a\":1}",
    "user_id, []",
    "event_type, 1",
    "event_type, 1.5",
    "event_type, true",
    "event_type, {}",
    "event_type, []",
    "event_type, \"a\\u0000\"",
    "event_timestamp, 1.5",
    "event_timestamp, 1772359200000.0",
    "event_timestamp, 1e12",
    "event_timestamp, true",
    "event_timestamp, {}",
    "event_timestamp, []",
    "event_timestamp, \"2026-03-01T10:00:00Z\\u0000\""
  })
  void neededFieldOfAWrongType_isInvalid(String field, String json) {
    assertThat(verdict(with(field, json))).isEqualTo("invalid_type " + field);
  }

  @ParameterizedTest
  @CsvSource({
    "session_id, 1.5",
    "session_id, true",
    "session_id, {}",
    "session_id, []",
    "session_id, \"\\u0000\"",
    "platform, 1",
    "platform, 1.5",
    "platform, false",
    "platform, {}",
    "platform, []",
    "platform, \"a\\u0000b\"",
    "screen_name, 0",
    "screen_name, true",
    "screen_name, {}",
    "screen_name, []",
    "screen_name, \"\\u0000\""
  })
  void optionalFieldOfAWrongType_isInvalid(String field, String json) {
    assertThat(verdict(plain("\"" + field + "\":" + json))).isEqualTo("invalid_type " + field);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "purchase | \"purchase_amount\":true | purchase_amount",
        "purchase | \"purchase_amount\":{} | purchase_amount",
        "purchase | \"purchase_amount\":[] | purchase_amount",
        "purchase | \"purchase_amount\":\"1\\u0000\" | purchase_amount",
        "purchase | \"purchase_amount\":1,\"currency\":1 | currency",
        "purchase | \"purchase_amount\":1,\"currency\":1.5 | currency",
        "purchase | \"purchase_amount\":1,\"currency\":true | currency",
        "purchase | \"purchase_amount\":1,\"currency\":{} | currency",
        "purchase | \"purchase_amount\":1,\"currency\":[] | currency",
        "purchase | \"purchase_amount\":1,\"currency\":\"USD\\u0000\" | currency",
        "task_result | \"task_id\":1.5,\"task_result\":\"a\" | task_id",
        "task_result | \"task_id\":true,\"task_result\":\"a\" | task_id",
        "task_result | \"task_id\":{},\"task_result\":\"a\" | task_id",
        "task_result | \"task_id\":\"a\",\"task_result\":1 | task_result",
        "task_result | \"task_id\":\"a\",\"task_result\":true | task_result",
        "task_result | \"task_id\":\"a\",\"task_result\":[] | task_result",
        "ab_test_assignment | \"ab_test_id\":1.5 | ab_test_id",
        "ab_test_assignment | \"ab_test_id\":[] | ab_test_id",
        "ab_test_assignment | \"ab_test_id\":1,\"ab_group\":1.5 | ab_group",
        "ab_test_assignment | \"ab_test_id\":1,\"ab_group\":true | ab_group",
        "ab_test_assignment | \"ab_test_id\":1,\"ab_group\":{} | ab_group"
      })
  void fieldItsTypeUses_ofAWrongType_isInvalid(String type, String more, String field) {
    assertThat(verdict(event(type, more))).isEqualTo("invalid_type " + field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "\"\"", "\" \"", "\"\\u2003\""})
  void optionalFieldNullOrBlank_isAbsent(String json) {
    ParsedLine event =
        parse(
            purchase(
                "\"session_id\":J,\"platform\":J,\"screen_name\":J,\"currency\":J"
                        .replace("J", json)
                    + ",\"purchase_amount\":1"));
    assertThat(verdict(event)).isEmpty();
    assertThat(event.sessionId() + event.platform() + event.screenName()).isEmpty();
    assertThat(event.currency()).isEqualTo("USD");
    assertThat(event.properties()).isEmpty();
  }

  @Test
  void sessionIdAsInteger_isKeptInDecimalForm() {
    assertThat(parse(plain("\"session_id\":-0")).sessionId()).isEqualTo("0");
    assertThat(parse(plain("\"session_id\":42")).sessionId()).isEqualTo("42");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"2026-03-01\"",
        "\"10:00:00\"",
        "\"yesterday\"",
        "\"2026-03-01T10:00:60Z\"",
        "\"2026-02-29T10:00:00Z\"",
        "\"1772359200000\"",
        "\"2026-03-01T10:00:00Z \""
      })
  void timestampThatIsNoDateTime_isInvalid(String json) {
    assertThat(verdict(with("event_timestamp", json)))
        .isEqualTo("invalid_timestamp event_timestamp");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"1999-12-31T23:59:59Z\"",
        "\"1999-12-31T23:59:59.999999Z\"",
        "\"2000-01-01T00:59:59+01:00\"",
        "\"2100-01-01T00:00:00Z\"",
        "0",
        "-1",
        "1772359200",
        "99999999999999999999",
        "9223372036854775807",
        "\"0000-01-01T00:00:00Z\""
      })
  void timestampOutsideTheRange_isOutOfRange(String json) {
    assertThat(verdict(with("event_timestamp", json)))
        .isEqualTo("timestamp_out_of_range event_timestamp");
  }

  @Test
  void timestampInMillis_isTheInstant() {
    assertThat(parse(with("event_timestamp", "1772359200123")).timestampMicros())
        .isEqualTo(1_772_359_200_123_000L);
  }

  @Test
  void eventDay_isTheDateInTheConfiguredZone() {
    byte[] line = with("event_timestamp", "\"2026-03-01T23:30:00Z\"").getBytes(UTF_8);
    assertThat(parse(line, rules("UTC")).eventDay()).isEqualTo(20513);
    assertThat(parse(line, rules("Europe/Berlin")).eventDay()).isEqualTo(20514);
    assertThat(parse(line, rules("America/New_York")).eventDay()).isEqualTo(20513);
  }

  @Test
  void instantInRange_whoseDateInTheZoneIsNot_isAnEvent() {
    byte[] line = with("event_timestamp", "\"2000-01-01T00:00:00Z\"").getBytes(UTF_8);
    assertThat(parse(line, rules("America/New_York")).eventDay())
        .isEqualTo((int) LocalDate.of(1999, 12, 31).toEpochDay());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"abc\"",
        "\"NaN\"",
        "\"Infinity\"",
        "0.001",
        "\"0.001\"",
        "1e12",
        "1000000000000",
        "1e999999999",
        "-1e-999999999",
        "\" 1\"",
        "\"1,5\"",
        "\"+1\"",
        "\"01\"",
        "\".5\"",
        "\"1.\""
      })
  void amountThatIsNone_isInvalid(String json) {
    assertThat(verdict(purchase("\"purchase_amount\":" + json)))
        .isEqualTo("invalid_amount purchase_amount");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "-0, 0", "1.500, 150", "1e2, 10000", "\"1e2\", 10000", "-0.01, -1"})
  void amount_isInCents(String json, long cents) {
    ParsedLine event = parse(purchase("\"purchase_amount\":" + json));
    assertThat(verdict(event)).isEmpty();
    assertThat(event.amountCents()).isEqualTo(cents);
  }

  @ParameterizedTest
  @ValueSource(strings = {"EUR", "US", "USDT", " USD", "USD ", "u\u017fd", "usd\u0131"})
  void otherCurrency_isUnsupported(String currency) {
    assertThat(verdict(purchase("\"purchase_amount\":1,\"currency\":\"" + currency + "\"")))
        .isEqualTo("unsupported_currency currency");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // Every line also has the faults of the lines after it, as far as one line can.
        "{\"event_id\":1.5,\"user_id\":null | missing_field user_id",
        "{\"event_id\":1.5,\"user_id\":\"u\" | invalid_type event_id",
        "{\"event_id\":\"e\",\"user_id\":\"u\",\"platform\":1 | invalid_type platform",
        "{\"event_id\":\"e\",\"user_id\":\"u\" | invalid_timestamp event_timestamp"
      })
  void lineWithSeveralFaults_getsTheFirstInOrder(String start, String expected) {
    String rest =
        ",\"event_type\":\"purchase\",\"event_timestamp\":\"x\","
            + "\"purchase_amount\":\"y\",\"currency\":\"EUR\"}";
    assertThat(verdict(start + rest)).isEqualTo(expected);
  }

  @Test
  void lineWithAllFaults_getsThemOneAfterTheOther() {
    String line =
        "{\"event_id\":\"e\",\"user_id\":false,\"event_type\":\"purchase\",\"a\":1,\"a\":2,"
            + "\"event_timestamp\":\"2026\",\"purchase_amount\":\"\",\"currency\":\"EUR\" \u00ff";
    assertThat(verdict(parse(line.getBytes(ISO_8859_1)))).isEqualTo("invalid_encoding");
    line = line.replace("\u00ff", "\\ud800");
    assertThat(verdict(line)).isEqualTo("invalid_encoding");
    line = line.replace("\\ud800", "");
    assertThat(verdict(line)).isEqualTo("malformed_json");
    line = line + "}";
    assertThat(verdict(line)).isEqualTo("duplicate_key");
    line = line.replace("\"a\":2,", "");
    assertThat(verdict(line)).isEqualTo("missing_field purchase_amount");
    line = line.replace("amount\":\"\"", "amount\":\"x\"");
    assertThat(verdict(line)).isEqualTo("invalid_type user_id");
    line = line.replace("false", "\"u\"");
    assertThat(verdict(line)).isEqualTo("invalid_timestamp event_timestamp");
    line = line.replace("\"2026\"", "\"1970-01-01T00:00:00Z\"");
    assertThat(verdict(line)).isEqualTo("timestamp_out_of_range event_timestamp");
    line = line.replace("1970", "2026");
    assertThat(verdict(line)).isEqualTo("invalid_amount purchase_amount");
    line = line.replace("\"x\"", "1");
    assertThat(verdict(line)).isEqualTo("unsupported_currency currency");
    line = line.replace("EUR", "USD");
    assertThat(verdict(line)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "\"no\\u0000type\"", "{}"})
  void eventTypeInvalid_fieldsOfTypesAreNotJudged(String type) {
    String line = with("event_type", type).replace("\"x\":1", "\"purchase_amount\":true");
    assertThat(verdict(line)).isEqualTo("invalid_type event_type");
  }

  @Test
  void twoFieldsAtFault_theFirstInTheTableIsNamed() {
    assertThat(verdict("{\"event_timestamp\":5,\"event_type\":\"purchase\"}"))
        .isEqualTo("missing_field event_id");
    assertThat(verdict(plain("\"screen_name\":1,\"platform\":1"))).endsWith(" platform");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"user_id\":\"u2\" | user_id",
        "\"user_id\":\"u1\" | user_id",
        "\"user_id\":null,\"event_id\":1 | event_id",
        "\"\\u0075ser_id\":\"u1\" | user_id",
        "\"task_id\":1,\"task_id\":{} | task_id",
        "\"a\":1,\"a\":1 | ''",
        "\"a\":1,\"b\":2,\"\\u0061\":1 | ''",
        "\"\":1,\"\":1 | ''",
        "\"a\":{\"b\":1,\"b\":2} | ''",
        "\"a\":[[{\"b\":{\"c\":1,\"d\":{},\"c\":1}}]] | ''",
        "\"platform\":{\"b\":1,\"b\":2} | ''",
        "\"task_id\":[{\"b\":1,\"b\":2}] | ''",
        "\"\\ud83d\\ude00\":1,\"😀\":1 | ''",
        "\"a\":1,\"a\":1,\"user_id\":1 | user_id"
      })
  void keyNamedTwice_isADuplicate(String more, String field) {
    assertThat(verdict(plain(more))).isEqualTo(("duplicate_key " + field).strip());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"a\":1,\"A\":2", "\"a\":{\"b\":1},\"b\":{\"a\":1}", "\"a\":[{\"b\":1},{\"b\":2}]",
        "\"x\":{\"event_id\":1,\"user_id\":2}", "\"é\":1,\"e\u0301\":2", "\"a\":1,\"a \":2",
        "\"a\":1,\"\\\\u0061\":2"
      })
  void keysThatOnlyLookAlike_areNoDuplicates(String more) {
    assertThat(verdict(plain(more))).isEmpty();
  }

  @Test
  void duplicateKeyInABrokenLine_isMalformed() {
    assertThat(verdict("{\"a\":1,\"a\":2")).isEqualTo("malformed_json");
    assertThat(verdict("{\"a\":{\"b\":1,\"b\":2},\"c\":}")).isEqualTo("malformed_json");
    assertThat(verdict("{\"a\":1,\"a\":2} x")).isEqualTo("malformed_json");
  }

  @Test
  void parsedLine_reused_keepsNothingOfTheLineBefore() {
    LineParser parser = new LineParser(Lines.RULES);
    ParsedLine reused = new ParsedLine();
    byte[] first =
        purchase("\"purchase_amount\":1,\"a\":{\"b\":2},\"session_id\":\"s\"").getBytes(UTF_8);
    byte[] second = plain("").getBytes(UTF_8);
    parser.parse(first, 0, first.length, reused);
    assertThat(reused.properties()).isEqualTo("{\"a\":{\"b\":2}}");
    parser.parse(second, 0, second.length - 1, reused);
    assertThat(reused.reason()).isEqualTo(Reason.MALFORMED_JSON);
    parser.parse(second, 0, second.length, reused);
    assertThat(verdict(reused)).isEmpty();
    assertThat(reused.properties() + reused.sessionId() + reused.currency()).isEmpty();
    assertThat(reused.amountCents()).isZero();
  }
}
