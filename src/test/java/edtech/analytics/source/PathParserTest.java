package edtech.analytics.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathParserTest {
  private static FieldPath path(String... names) {
    return new FieldPath(
        List.of(names).stream().map(name -> new FieldPath.Step(name, "")).toList());
  }

  @Test
  void dots_areSteps() {
    assertThat(PathParser.parse("context.page.path")).isEqualTo(path("context", "page", "path"));
    assertThat(PathParser.parse("event_properties.Total Price"))
        .isEqualTo(path("event_properties", "Total Price"));
    assertThat(PathParser.parse("$os")).isEqualTo(path("$os"));
  }

  @Test
  void quotes_keepDots() {
    FieldPath path = path("context", "https://w3id.org/x", "id");
    assertThat(PathParser.parse("context.'https://w3id.org/x'.id")).isEqualTo(path);
    assertThat(PathParser.parse("context.\"https://w3id.org/x\".id")).isEqualTo(path);
    assertThat(path).hasToString("context.'https://w3id.org/x'.id");
  }

  @Test
  void keyInBrackets_entersAnElement() {
    FieldPath path =
        new FieldPath(
            List.of(
                new FieldPath.Step("event_params", "ga_session_id"),
                new FieldPath.Step("value", ""),
                new FieldPath.Step("int_value", "")));
    assertThat(PathParser.parse("event_params[ga_session_id].value.int_value")).isEqualTo(path);
    assertThat(path).hasToString("event_params[ga_session_id].value.int_value");
    assertThat(PathParser.parse("a[b.c]").steps()).containsExactly(new FieldPath.Step("a", "b.c"));
  }

  @Test
  void bracketsThatEnterNothing_areAName() {
    assertThat(PathParser.parse("event_properties.[Experiment] Flag Key"))
        .isEqualTo(path("event_properties", "[Experiment] Flag Key"));
    assertThat(PathParser.parse("a[b] c")).isEqualTo(path("a[b] c"));
    assertThat(PathParser.parse("a[]")).isEqualTo(path("a[]"));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "``, a part of it is empty",
        "a..b, a part of it is empty",
        "a., a part of it is empty",
        ".a, a part of it is empty",
        "'', a part of it is empty",
        "a.'b, a quote is not closed",
        "'a'b, after 'a' only a dot may follow"
      })
  void brokenPath_isRefused(String text, String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PathParser.parse(text))
        .withMessage("is no path: " + why);
  }
}
