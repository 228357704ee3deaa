package edtech.analytics.input.line;

import static edtech.analytics.input.line.Lines.event;
import static edtech.analytics.input.line.Lines.parse;
import static edtech.analytics.input.line.Lines.plain;
import static edtech.analytics.input.line.Lines.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fields without a column of their own, as canonical JSON. */
class PropertiesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"b\":1,\"a\":2 | {\"a\":2,\"b\":1}",
        "\"a\" : [ 1 , 2 , { } , [ ] ] | {\"a\":[1,2,{},[]]}",
        "\"a\":{\"z\":{\"y\":1,\"x\":2},\"b\":[{\"d\":1,\"c\":2}]}"
            + " | {\"a\":{\"b\":[{\"c\":2,\"d\":1}],\"z\":{\"x\":2,\"y\":1}}}",
        "\"n\":[1.50,-1.50,1e2,1E+2,-0,-0.0,0.10e-05,12345678901234567890123]"
            + " | {\"n\":[1.50,-1.50,1e2,1E+2,-0,-0.0,0.10e-05,12345678901234567890123]}",
        "\"l\":[true,false,null],\"k\":null | {\"k\":null,\"l\":[true,false,null]}",
        "\"s\":\"\\u00e9\\/\\u0041\\ud83d\\ude00\" | {\"s\":\"é/A😀\"}",
        "\"s\":\"\\\"\\\\\\b\\f\\n\\r\\t\" | {\"s\":\"\\\"\\\\\\b\\f\\n\\r\\t\"}",
        "\"s\":\"\\u0000\\u0001\\u001F\\u007f\\u0022\\u005C\\u000a\\u0008\"" //
            + " | {\"s\":\"\\u0000\\u0001\\u001f\u007f\\\"\\\\\\n\\b\"}",
        "\"s\":\"\\u2028\\u0085\" | {\"s\":\"\u2028\u0085\"}",
        "\"\\u0061\\n\":1 | {\"a\\n\":1}",
        "\"\":1 | {\"\":1}",
        "\"aa\":1,\"a\":2,\"Z\":3,\"_\":4,\"é\":5 | {\"Z\":3,\"_\":4,\"a\":2,\"aa\":1,\"é\":5}",
        "\"\ufffd\":1,\"😀\":2,\"\ud7ff\":3 | {\"\ud7ff\":3,\"\ufffd\":1,\"😀\":2}",
        "\"😁\":1,\"😀\":2,\"😀a\":3 | {\"😀\":2,\"😀a\":3,\"😁\":1}"
      })
  void otherFields_areCanonical(String more, String expected) {
    assertThat(parse(plain(more)).properties()).isEqualTo(expected);
  }

  @Test
  void noOtherField_isEmpty() {
    assertThat(parse(plain("")).properties()).isEmpty();
    assertThat(parse(plain("\"platform\":null,\"session_id\":\"\"")).properties()).isEmpty();
  }

  @Test
  void specialFieldsOfOtherTypes_areKeptUnvalidated() {
    String all =
        "\"task_result\":false,\"task_id\":{\"b\":1,\"a\":\"\\u0000\"},\"purchase_amount\":1.50,"
            + "\"currency\":\"\\u20ac\",\"ab_test_id\":null,\"ab_group\":[1, 2],\"zz\":\"\"";
    assertThat(parse(plain(all)).properties())
        .isEqualTo(
            "{\"ab_group\":[1,2],\"ab_test_id\":null,\"currency\":\"€\",\"purchase_amount\":1.50,"
                + "\"task_id\":{\"a\":\"\\u0000\",\"b\":1},\"task_result\":false,\"zz\":\"\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "purchase | {\"ab_group\":\"g\",\"ab_test_id\":\"a\",\"task_id\":\"t\",\"task_result\":\"r\"}",
        "task_result | {\"ab_group\":\"g\",\"ab_test_id\":\"a\",\"currency\":\"USD\",\"purchase_amount\":1}",
        "ab_test_assignment"
            + " | {\"currency\":\"USD\",\"purchase_amount\":1,\"task_id\":\"t\",\"task_result\":\"r\"}"
      })
  void fieldsTheTypeUses_areNotKept(String type, String expected) {
    String all =
        "\"task_result\":\"r\",\"task_id\":\"t\",\"purchase_amount\":1,\"currency\":\"USD\","
            + "\"ab_test_id\":\"a\",\"ab_group\":\"g\"";
    ParsedLine parsed = parse(event(type, all));
    assertThat(verdict(parsed)).isEmpty();
    assertThat(parsed.properties()).isEqualTo(expected);
  }

  @Test
  void sameContentInOtherOrderAndSpelling_isEqual() {
    String one = parse(plain("\"a\":{\"x\":1,\"y\":\"é\"},\"b\":2")).properties();
    String two = parse(plain("\"b\" :2,\"\\u0061\":{\"y\":\"\\u00E9\", \"x\":1}")).properties();
    assertThat(one).isEqualTo(two);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void lineOfManyKeys_isJudgedInTime(boolean duplicate) {
    StringBuilder keys = new StringBuilder("\"a\":0");
    for (int i = 0; i < 100_000; i++) {
      keys.append(",\"k").append(i * 7919 % 100_000).append("\":0");
    }
    String last = duplicate ? ",\"k77\":1" : "";
    String nested = "\"o\":{" + keys + last + "}";
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () -> {
          String expected = duplicate ? "duplicate_key" : "";
          assertThat(verdict(plain(keys + last))).isEqualTo(expected);
          assertThat(verdict(plain(nested))).isEqualTo(expected);
        });
  }

  @Test
  void deepAndLongLine_isJudgedInTime() {
    String inner = "\"" + "x".repeat(1_000_000) + "\"";
    String nested = "{\"b\":1,\"a\":".repeat(98) + inner + "}".repeat(98);
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () -> assertThat(parse(plain("\"n\":" + nested)).properties()).contains(inner));
  }
}
