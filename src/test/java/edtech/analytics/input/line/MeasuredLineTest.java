package edtech.analytics.input.line;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.measure.Measures;
import edtech.analytics.source.EventField;
import edtech.analytics.source.FieldPath;
import edtech.analytics.source.FieldValue;
import edtech.analytics.source.Mapping;
import edtech.analytics.source.Source;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What lines say of dimensions and metrics: the same with every reader, native or mapped. */
class MeasuredLineTest {
  private static final Measures MEASURES =
      Lines.measures(
          """
          dimensions { a = value, b = outer.value, c = platform, d = "list[k].value" }
          metrics {
            counted { event-types = [page_view] }
            nested { event-types = [page_view, other], where { outer.kind = [x, "1.50", "true"] } }
            summed { event-types = [page_view], sum = number, where { value = [yes] } }
          }
          """);

  private static ParsedLine parse(String more) {
    return parse(Lines.plain(more), Lines.RULES.source());
  }

  private static ParsedLine parse(String line, Source source) {
    ParseRules rules = Lines.measuring(MEASURES, source);
    byte[] bytes = line.getBytes(UTF_8);
    ParsedLine parsed = Lines.parse(bytes, rules);
    ParsedLine full = new ParsedLine();
    if (source.mapping().isNative()) {
      new LineParser(rules).parseInFull(bytes, 0, bytes.length, full);
    } else {
      new MappedParser(source.mapping(), MEASURES, new EventRules(rules))
          .parseInFull(bytes, 0, bytes.length, full);
    }
    assertThat(Lines.outcome(parsed)).isEqualTo(Lines.outcome(full));
    return parsed;
  }

  /** Of a mapping whose platform is {@code os}; every other field has its own name. */
  private static ParsedLine parseMapped(String more) {
    Map<EventField, FieldValue> fields = new EnumMap<>(EventField.class);
    for (EventField field : EventField.values()) {
      fields.put(field, first(field.key()));
    }
    fields.put(EventField.PLATFORM, first("os"));
    Source contract = Lines.RULES.source();
    Mapping mapping = new Mapping(fields, List.of(), List.of());
    return parse(
        Lines.plain(more),
        new Source(contract.layout(), contract.framing(), false, contract.sameId(), mapping));
  }

  private static FieldValue first(String path) {
    return new FieldValue(FieldValue.How.FIRST, List.of(FieldPath.parse(path)), Set.of(), "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"text\" | text",
        "\"\\u0442\" | т",
        "17 | 17",
        "-0 | 0",
        "true | true",
        "\" \" | ``",
        "null | ``",
        "1.0 | ``",
        "1e2 | ``",
        "[1] | ``",
        "{\"a\":1} | ``",
      })
  void value_isAText_anIntegerOrABoolean(String json, String value) {
    String inner = "\"outer\":{\"value\":" + json + "}";
    String list = "\"list\":[{\"key\":\"k\",\"value\":" + json + "}]";
    for (String more : List.of("\"value\":" + json, "\"value\":" + json + ",\"x\":{}")) {
      assertThat(Lines.values(parse(more).measured)).containsExactly(value, "", "", "");
      assertThat(Lines.values(parseMapped(more).measured)).containsExactly(value, "", "", "");
    }
    for (ParsedLine parsed : List.of(parse(inner), parseMapped(inner))) {
      assertThat(Lines.values(parsed.measured)).containsExactly("", value, "", "");
    }
    for (ParsedLine parsed : List.of(parse(list), parseMapped(list))) {
      assertThat(Lines.values(parsed.measured)).containsExactly("", "", "", value);
    }
  }

  @Test
  void fieldOfTheContract_isWhatTheSourceMaps() {
    assertThat(Lines.values(parse("\"platform\":\"ios\",\"os\":\"x\"").measured))
        .containsExactly("", "", "ios", "");
    assertThat(Lines.values(parseMapped("\"platform\":\"ios\",\"os\":7").measured))
        .containsExactly("", "", "7", "");
  }

  @Test
  void fieldThatTheTypeHasNoUseFor_mayBeAnObject() {
    Measures measures = Lines.measures("dimensions { a = task_result.score }, metrics {}");
    byte[] line = Lines.plain("\"task_result\":{\"score\":5}").getBytes(UTF_8);
    ParsedLine parsed = Lines.parse(line, Lines.measuring(measures, Lines.RULES.source()));
    assertThat(Lines.values(parsed.measured)).containsExactly("5");
    assertThat(parsed.properties()).isEqualTo("{\"task_result\":{\"score\":5}}");
  }

  @Test
  void longValue_isCutToAHundredCharacters() {
    String smile = "\uD83D\uDE00";
    assertThat(Lines.values(parse("\"value\":\"" + smile.repeat(101) + "\"").measured).get(0))
        .isEqualTo(smile.repeat(100));
  }

  @Test
  void value_staysInTheProperties() {
    assertThat(parse("\"value\":\"v\",\"outer\":{\"value\":1}").properties())
        .isEqualTo("{\"outer\":{\"value\":1},\"value\":\"v\"}");
    assertThat(parseMapped("\"value\":\"v\",\"outer\":{\"value\":1}").properties())
        .isEqualTo("{\"outer\":{\"value\":1},\"value\":\"v\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1.25 | 1250000",
        "\"1.25\" | 1250000",
        "-3 | -3000000",
        "1e2 | 100000000",
        "0.0000001 | ?",
        "1000000000000 | ?",
        "\"1,5\" | ?",
        "\"\" | ?",
        "true | ?",
        "null | ?",
        "[1] | ?",
      })
  void sum_isANumberOrNot(String json, String total) {
    String more = "\"value\":\"yes\",\"number\":" + json;
    for (ParsedLine parsed : List.of(parse(more), parseMapped(more))) {
      assertThat(Lines.metrics(parsed.measured)).containsExactly("0=1000000", "2=" + total);
    }
  }

  @Test
  void sumThatIsAbsent_isNoNumber() {
    assertThat(Lines.metrics(parse("\"value\":\"yes\"").measured))
        .containsExactly("0=1000000", "2=?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"x\" | true",
        "1.50 | true",
        "\"1.50\" | true",
        "true | true",
        "1.5 | false",
        "\"X\" | false",
        "null | false",
        "[\"x\"] | false",
      })
  void condition_comparesTextsAsWritten(String json, boolean holds) {
    String more = "\"outer\":{\"kind\":" + json + "}";
    for (ParsedLine parsed : List.of(parse(more), parseMapped(more))) {
      assertThat(Lines.metrics(parsed.measured))
          .containsExactly(
              holds ? new String[] {"0=1000000", "1=1000000"} : new String[] {"0=1000000"});
    }
  }

  @Test
  void otherTypes_andRejectedLines_countForNothing() {
    ParsedLine other =
        parse(Lines.event("other", "\"outer\":{\"kind\":\"x\"}"), Lines.RULES.source());
    assertThat(Lines.metrics(other.measured)).containsExactly("1=1000000");
    ParsedLine rejected = parse("\"value\":\"yes\",\"session_id\":[]");
    assertThat(rejected.reason()).isEqualTo(Reason.INVALID_TYPE);
    assertThat(Lines.metrics(rejected.measured)).isEmpty();
    assertThat(Lines.values(rejected.measured)).isEmpty();
  }
}
