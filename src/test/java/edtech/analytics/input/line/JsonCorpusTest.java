package edtech.analytics.input.line;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is JSON and what is not: whole lines, and values put into a valid line. */
class JsonCorpusTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "}",
        "{}}",
        "{{}}",
        "{} {}",
        "{}{}",
        "{}[]",
        "{} x",
        "{},",
        "{};",
        "{}\0",
        "\0",
        "\0{}",
        "{\0}",
        "{}//x",
        "{}/*x*/",
        "#{}",
        "//\n{}",
        "[]",
        "[{}]",
        "[",
        "]",
        "null",
        "true",
        "1",
        "-1.5",
        "\"a\"",
        "\"",
        "'a'",
        "nul",
        "NaN",
        "{null}",
        "{1:2}",
        "{true:1}",
        "{a:1}",
        "{'a':1}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1",
        "{\"a\":1,}",
        "{,\"a\":1}",
        "{\"a\":1,,\"b\":2}",
        "{\"a\" 1}",
        "{\"a\"::1}",
        "{\"a\":1:2}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":1;\"b\":2}",
        "{\"a\"=1}",
        "{\"a\":1]",
        "{\"a:1}",
        "{a\":1}",
        "{\"a\":1}garbage",
        "{\"a\":1}\"",
        "\u00a0{}",
        "{\u00a0}",
        "\u3000{}",
        "{}\u2028",
        "\ufeff{}",
        "\ufeff\ufeff{}",
        "\u000b{}",
        "\f{}",
        "{}\u000b",
        "{\"a\":1}\u001a",
        "event",
        "{\"a\":1}\\n",
        "\\u007b}",
        "*",
        "{*}",
        "{\"a\":1}{",
        "<a/>",
        "a=b",
        "{[]}",
        "{\"\\\":1}",
        "{\"a\u0001\":1}",
        "{\"\\x\":1}"
      })
  void line_isNotOneObject(String line) {
    assertThat(Lines.verdict(line)).isEqualTo("malformed_json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "01",
        "-01",
        "00",
        "-",
        "+1",
        "--1",
        "1.",
        ".5",
        "-.5",
        "1.e1",
        "1e",
        "1e+",
        "1e-",
        "1E",
        "1.5.5",
        "1e1.5",
        "0x10",
        "1_0",
        "1a",
        "1f",
        "NaN",
        "Infinity",
        "-Infinity",
        "-NaN",
        "1 2",
        "True",
        "TRUE",
        "nUll",
        "nulll",
        "tru",
        "truefalse",
        "undefined",
        "None",
        "'a'",
        "\"a",
        "a\"",
        "\"a\"b",
        "\"a\"\"b\"",
        "\"\t\"",
        "\"\n\"",
        "\"\r\"",
        "\"\0\"",
        "\"\u001f\"",
        "\"\\x41\"",
        "\"\\a\"",
        "\"\\'\"",
        "\"\\0\"",
        "\"\\u\"",
        "\"\\u12\"",
        "\"\\u123g\"",
        "\"\\U0041\"",
        "\"\\u 041\"",
        "\"\\",
        "\"\\\"",
        "[1,]",
        "[,1]",
        "[1,,2]",
        "[1 2]",
        "[",
        "[1",
        "[1}",
        "[]]",
        "{]",
        "{\"b\":1,}",
        "{\"b\"}",
        "{b:1}",
        "{1:1}",
        "{\"b\":}",
        "{,}",
        "[\"a\":1]",
        "/**/1",
        "1//",
        "",
        "\u00a01",
        "1\u2003",
        "٣",
        "１",
        "“a”",
        "@",
        "[0,1e]"
      })
  void value_isNotJson(String value) {
    assertThat(Lines.verdict(Lines.plain("\"a\":" + value))).isEqualTo("malformed_json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "1",
        "-1",
        "10",
        "0.0",
        "-0.5",
        "1.50",
        "1e0",
        "1E5",
        "1e+5",
        "1e-5",
        "0e0",
        "0.1E-07",
        "1e999999999",
        "-1e-999999999",
        "123456789012345678901234567890",
        "true",
        "false",
        "null",
        "\"\"",
        "\"a\"",
        "\" \"",
        "\"\u007f\"",
        "\"é\"",
        "\"😀\"",
        "\"\u2028\"",
        "\"\u0085\"",
        "\"\ufeff\"",
        "\"\ufffe\"",
        "\"\uffff\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\u0000\"",
        "\"\\u00E9\\u00e9\"",
        "\"\\ud83d\\ude00\"",
        "\"\\uD83D\\uDE00\"",
        "\"\\\\ud800\"",
        "\"'\"",
        "\"//\"",
        "[]",
        "[[]]",
        "[1]",
        "[ 1 , 2 ]",
        "[null]",
        "[[],{}]",
        "{}",
        "{\"\":1}",
        "{\"b\":{}}",
        " 1 ",
        "\t1\r",
        "\n1",
        "{ \"b\" : [ ] }",
        "[1e1,-0,\"\"]",
        "\"[\"",
        "\"}\"",
        "{\"\\u0000\":1}",
        "{\"\\\"\":1}",
        "\"\ud83d\ude00\\u0041\""
      })
  void value_isJson(String value) {
    assertThat(Lines.verdict(Lines.plain("\"a\":" + value))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "\t", "\r", "\n", " \t\r\n ", "         "})
  void jsonSpaceAroundTheObjectAndItsMembers_isAllowed(String space) {
    String inside =
        Lines.plain("").replace(",", space + "," + space).replace("\":", "\"" + space + ":");
    assertThat(Lines.verdict(space + Lines.plain("") + space)).isEmpty();
    assertThat(Lines.verdict(inside)).isEmpty();
  }

  @Test
  void emptyObject_missesItsFields() {
    assertThat(Lines.verdict("{}")).isEqualTo("missing_field event_id");
    assertThat(Lines.verdict(" { } ")).isEqualTo("missing_field event_id");
  }

  @Test
  void everyPrefixOfALine_isNotOneObject() {
    String line = Lines.plain("\"a\":{\"b\":[1,\"x\\u0041\",true]}");
    for (int end = 0; end < line.length(); end++) {
      assertThat(Lines.verdict(line.substring(0, end))).isEqualTo("malformed_json");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-32BE", "UTF-32LE"})
  void otherEncodings_areNotDetected(String name) {
    byte[] line = Lines.plain("").getBytes(Charset.forName(name));
    assertThat(Lines.verdict(Lines.parse(line))).isEqualTo("malformed_json");
  }

  @Test
  void byteOrderMarksOfOtherEncodings_areNotUtf8() {
    assertThat(Lines.verdict(Lines.parse(("\ufeff" + Lines.plain("")).getBytes(UTF_16BE))))
        .isEqualTo("invalid_encoding");
    assertThat(Lines.verdict(Lines.parse(("\ufeff" + Lines.plain("")).getBytes(UTF_16LE))))
        .isEqualTo("invalid_encoding");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u00c0\u00af", "\u00ed\u00a0\u0080", "\u00f4\u0090\u0080\u0080", "\u00ff", "\u0080",
        "\u00e2\u0082", "\u00f0\u0080\u0080\u00af", "\\ud800", "\\udc00", "\\ud800\\ud800"
      })
  void badText_inKeyValueAndGarbage_isInvalidEncoding(String latin1) {
    for (String line :
        new String[] {
          Lines.plain("\"a\":\"" + latin1 + "\""),
          Lines.plain("\"" + latin1 + "\":1"),
          Lines.with("user_id", "\"" + latin1 + "\""),
          "garbage " + latin1,
          latin1
        }) {
      assertThat(Lines.verdict(Lines.parse(Lines.bytes(line)))).isEqualTo("invalid_encoding");
    }
  }

  @Test
  void depth100_isTheDeepest() {
    String arrays = "[".repeat(99) + "]".repeat(99);
    assertThat(Lines.verdict(Lines.plain("\"a\":" + arrays))).isEmpty();
    assertThat(Lines.verdict(Lines.plain("\"a\":[" + arrays + "]"))).isEqualTo("malformed_json");
    String objects = "{\"a\":".repeat(99) + "1" + "}".repeat(99);
    assertThat(Lines.verdict(Lines.plain("\"a\":" + objects))).isEmpty();
    assertThat(Lines.verdict(Lines.plain("\"platform\":" + objects)))
        .isEqualTo("invalid_type platform");
    assertThat(Lines.verdict(Lines.plain("\"a\":[" + objects + "]"))).isEqualTo("malformed_json");
    assertThat(Lines.verdict("[".repeat(100_000))).isEqualTo("malformed_json");
    assertThat(Lines.verdict("{\"a\":".repeat(100_000))).isEqualTo("malformed_json");
  }

  @Test
  void number_of1000Digits_isTheLongest() {
    assertThat(Lines.verdict(Lines.plain("\"a\":" + "1".repeat(1000)))).isEmpty();
    assertThat(Lines.verdict(Lines.plain("\"a\":" + "1".repeat(1001)))).isEqualTo("malformed_json");
    assertThat(Lines.verdict(Lines.plain("\"a\":1." + "1".repeat(1001))))
        .isEqualTo("malformed_json");
  }

  @Test
  void longKeysAndStrings_areAllowed() {
    String text = "k".repeat(500_000);
    assertThat(Lines.verdict(Lines.plain("\"" + text + "\":\"" + text + "\""))).isEmpty();
  }
}
