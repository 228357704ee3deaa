package edtech.analytics.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import edtech.analytics.source.Condition;
import edtech.analytics.source.EventField;
import edtech.analytics.source.EventRule;
import edtech.analytics.source.FieldValue;
import edtech.analytics.source.Layout;
import edtech.analytics.source.Mapping;
import edtech.analytics.source.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The settings below {@code source}. */
class SourceSettingsTest {
  private static final Map<String, String> REQUIRED =
      Map.of(
          "events-uri", "s3a://b/e", "clickhouse.url", "http://h:8123", "clickhouse.password", "");

  @TempDir private Path folder;

  private Settings read(String file, String... overrides) throws IOException {
    Map<String, String> set = new HashMap<>(REQUIRED);
    for (int i = 0; i < overrides.length; i += 2) {
      set.put(overrides[i], overrides[i + 1]);
    }
    Path path = Files.writeString(folder.resolve("a.conf"), file);
    return SettingsReader.read(Optional.of(path), Map.of(), set);
  }

  private List<String> problems(String file, String... overrides) {
    SettingsException refused =
        catchThrowableOfType(SettingsException.class, () -> read(file, overrides));
    assertThat(refused).as("is refused").isNotNull();
    return refused.problems();
  }

  @Test
  void nothingSet_isTheNativeSource() throws IOException {
    assertThat(read("").source())
        .isEqualTo(
            new Source(
                new Layout(List.of(), ZoneId.of("UTC"), 0, 0),
                Source.Framing.LINES,
                false,
                Source.SameId.COMPARE,
                Mapping.NATIVE));
    assertThat(read("").source().mapping().isNative()).isTrue();
  }

  static List<String> presets() {
    return SettingSources.PRESETS;
  }

  @ParameterizedTest
  @MethodSource("presets")
  void preset_isReadAlone_andIsNotNative(String preset) throws IOException {
    Source source = read("source.preset = " + preset).source();
    assertThat(source.mapping().isNative()).isFalse();
    assertThat(source.layout().isNative()).isFalse();
    assertThat(read("", "source.preset", preset).source()).isEqualTo(source);
    assertThat(
            SettingsReader.read(Optional.empty(), Map.of("EDTECH_SOURCE_PRESET", preset), REQUIRED)
                .source())
        .isEqualTo(source);
  }

  @Test
  void keysBesideThePreset_takeThePlaceOfWhatItSays() throws IOException {
    Settings settings =
        read(
            """
            source {
              preset = edx
              layout.days.back = 4
              fields.event_id = { join = ["context.user_id", "time"] }
              fields.platform = ["host"]
            }
            success-values = ["right"]
            """);
    Map<EventField, FieldValue> fields = settings.source().mapping().fields();
    assertThat(settings.source().layout().back()).isEqualTo(4);
    assertThat(fields.get(EventField.EVENT_ID).how()).isEqualTo(FieldValue.How.JOIN);
    assertThat(fields.get(EventField.PLATFORM).paths()).hasToString("[host]");
    assertThat(fields.get(EventField.USER_ID).paths())
        .hasToString("[context.user_id, event.user_id]");
    assertThat(settings.events().successValues()).containsExactly("right");
    assertThat(read("source.preset = edx").events().successValues()).containsExactly("correct");
  }

  @Test
  void rulesOfAFile_canComeBeforeThoseOfThePreset() throws IOException {
    String preset = "source.preset = segment\n";
    List<EventRule> own = read(preset).source().mapping().rules();
    List<EventRule> both =
        read(preset
                + """
                    source.events = [ { when { event = "Bought" }, as = purchase } ] ${source.events}
                    """)
            .source()
            .mapping()
            .rules();
    assertThat(both).hasSize(own.size() + 1).endsWith(own.toArray(EventRule[]::new));
    assertThat(both.get(0).as()).isEqualTo(EventRule.As.PURCHASE);
    assertThat(
            read(preset + "source.events += { when { a = 1 }, as = event }")
                .source()
                .mapping()
                .rules())
        .hasSize(own.size() + 1)
        .startsWith(own.toArray(EventRule[]::new));
  }

  @Test
  void settingsInTheDocs_areRead_andNameEachPreset() throws IOException {
    String page = Files.readString(Path.of("docs/sources.md"));
    List<MatchResult> blocks =
        Pattern.compile("(?s)```hocon\n(.*?)```").matcher(page).results().toList();
    assertThat(blocks)
        .hasSize(3)
        .allSatisfy(
            block -> assertThat(read(block.group(1)).source().mapping().rules()).isNotEmpty());
    assertThat(SettingSources.PRESETS)
        .allSatisfy(preset -> assertThat(page).contains("(../conf/sources/" + preset + ".conf)"));
  }

  @Test
  void conditions_areOfFieldsAndPaths() throws IOException {
    List<Condition> conditions =
        read("""
                source.events = [ {
                  when { user_id = null, verb.id = [a, "b*", null], "'platform'" = true, platform.os = 7 }
                  as = ignored
                } ]
                """)
            .source()
            .mapping()
            .rules()
            .get(0)
            .when();
    assertThat(conditions)
        .extracting(
            c ->
                (c.field() == null ? c.path() : c.field())
                    + " "
                    + c.texts()
                    + c.beginnings()
                    + c.allowsAbsent())
        .containsExactlyInAnyOrder(
            "USER_ID [][]true",
            "verb.id [a][b]true",
            "platform [true][]false",
            "platform.os [7][]false");
  }

  @ParameterizedTest
  @CsvSource({
    "UTC,              UTC,              0, 0",
    "Europe/Moscow,    '',               0, 1",
    "Asia/Almaty,      '',               0, 1",
    "Europe/London,    '',               0, 1",
    "America/New_York, '',               1, 0",
    "Europe/Moscow,    Europe/Moscow,    0, 0",
    "Europe/Moscow,    Asia/Almaty,      1, 0",
    "Africa/Casablanca, Europe/London,   1, 1"
  })
  void zonesThatDiffer_lookIntoTheFolderBesideByDefault(
      String day, String layout, int back, int ahead) throws IOException {
    Layout read =
        read(
                "source.layout.objects = [\"{yyyy-MM-dd}/*\"]",
                "day.timezone",
                day,
                "source.layout.zone",
                layout)
            .source()
            .layout();
    assertThat(List.of(read.back(), read.ahead())).containsExactly(back, ahead);
    Layout given =
        read(
                "source.layout { objects = [\"{yyyy-MM-dd}/*\"], days { back = 0, ahead = 0 } }",
                "day.timezone",
                day)
            .source()
            .layout();
    assertThat(List.of(given.back(), given.ahead())).containsExactly(0, 0);
  }

  @Test
  void nativeFolders_areOfTheDaysZone_unlessItIsSaid() throws IOException {
    assertThat(read("", "day.timezone", "Europe/Moscow").source().layout())
        .isEqualTo(new Layout(List.of(), ZoneId.of("Europe/Moscow"), 0, 0));
    assertThat(
            read(
                    "",
                    "day.timezone",
                    "Europe/Moscow",
                    "source.layout.zone",
                    "UTC",
                    "lateness-days",
                    "2")
                .source()
                .layout())
        .isEqualTo(new Layout(List.of(), ZoneId.of("UTC"), 2, 1));
  }

  @Test
  void meaning_changesWithTheSource() throws IOException {
    String none = read("").meaning();
    assertThat(read("source.same-id = duplicate").meaning()).isNotEqualTo(none);
    assertThat(read("source.fields.user_id = [uid]").meaning()).isNotEqualTo(none);
    assertThat(read("source.fields.user_id = [user_id]").meaning()).isEqualTo(none);
  }

  @Test
  void everyProblem_isNamedAtOnce() {
    assertThat(
            problems(
                """
                source {
                  colour = red
                  layout { objects = ["events/*"], zone = Mars, days { back = 40, forward = 1 } }
                  framing = boxes
                  same-id = maybe
                  fields {
                    event_id = []
                    user_id = ["a..b"]
                    session = ["s"]
                    platform = { from = [a], join = [b] }
                    screen_name = { digest = [body] }
                    task_id = { constant = "" }
                  }
                  events = [
                    { as = purchase }
                    { when { a = [] }, as = sale }
                    { when { a = x }, as = event, negate = true, task_id = [t] }
                    { when { a = x }, as = ignored, name = y }
                    7
                  ]
                  properties = ["'open", "list[key].value"]
                }
                """))
        .containsExactlyInAnyOrder(
            "source: unknown setting \"colour\"; known are preset, layout, framing,"
                + " text-before-object, same-id, fields, events, properties",
            "source.layout.objects = \"events/*\": must hold a whole date, such as {yyyy-MM-dd},"
                + " {yyyy}/{MM}/{dd} or {epoch-ms}",
            "source.layout.zone = \"Mars\": must be an IANA zone such as Europe/Berlin, or UTC",
            "source.layout.days: unknown setting \"forward\"; known are back, ahead",
            "source.layout.days.back = \"40\": must be a whole number from 0 to 31",
            "source.framing = \"boxes\": must be one of lines, concatenated",
            "source.same-id = \"maybe\": must be one of compare, duplicate",
            "source.fields: unknown setting \"session\"; known are event_id, user_id, event_type,"
                + " event_timestamp, session_id, platform, screen_name, course_id, lesson_id,"
                + " purchase_amount, currency, task_id, task_result, ab_test_id, ab_group",
            "source.fields.event_id = \"[]\": must be a list of one or more texts",
            "source.fields.user_id = \"a..b\": is no path: a part of it is empty",
            "source.fields.platform = \"{from=[a], join=[b]}\": must have exactly one of from, join,"
                + " digest, constant",
            "source.fields.screen_name.digest = \"[body]\": must be [line]",
            "source.fields.task_id.constant = \"\": must be a text that is not blank",
            "source.events[0] = \"{as=purchase}\": needs a condition, as when = { type = \"track\" }",
            "source.events[1].as = \"sale\": must be one of purchase, task_result,"
                + " ab_test_assignment, lesson_start, lesson_complete, event, ignored",
            "source.events[1].when.a = \"[]\": must be a list of one or more texts",
            "source.events[2].negate = \"true\": is for rules with as = purchase",
            "source.events[2].task_id = \"[t]\": is for rules with as = task_result",
            "source.events[3] = \"ignored\": has no event: leave out all but when and as",
            "source.events[4] = \"7\": must be a rule in braces",
            "source.properties = \"'open\": is no path: a quote is not closed",
            "source.properties = \"list[key].value\": must have no [key]: a list is kept as a whole");
  }

  @Test
  void unknownPreset_namesThoseThereAre() {
    assertThat(problems("source.preset = segmnt"))
        .containsExactly(
            "source.preset = \"segmnt\": must be one of segment, rudderstack, amplitude, mixpanel,"
                + " posthog, edx, xapi, ga4, firehose, snowplow");
  }

  @Test
  void sourceThatIsPutTogetherInAFile_isReadAsAWhole() throws IOException {
    Source together =
        read("""
                source { preset = segment, fields.user_id = ["uid"] }
                source = ${source} { same-id = compare, fields.platform = ${source.fields.user_id} }
                """)
            .source();
    assertThat(together.sameId()).isEqualTo(Source.SameId.COMPARE);
    assertThat(together.mapping().rules())
        .isEqualTo(read("source.preset = segment").source().mapping().rules());
    assertThat(together.mapping().fields().get(EventField.PLATFORM).paths()).hasToString("[uid]");
    assertThat(read("source.preset = ${?ABSENT}").source()).isEqualTo(read("").source());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "source = 5               | source = \"5\": must be an object in braces",
        "source = null            | source = \"null\": must be an object in braces",
        "source.fields = null     | source.fields = \"null\": must be an object in braces",
        "source.layout.days = 3   | source.layout.days = \"3\": must be an object in braces",
        "source.framing = null    | source.framing = \"null\": must be one of lines, concatenated"
      })
  void wholesOfAnotherKind_areNamed(String file, String problem) {
    assertThat(problems(file)).containsExactly(problem);
  }

  @Test
  void presetThatRefersToNothing_isNamedWithItsPlace() {
    assertThat(problems("source.preset = ${nope}"))
        .singleElement()
        .asString()
        .contains("a.conf: ")
        .contains("Could not resolve substitution to a value: ${nope}");
  }

  @Test
  void rules_areForFilesOnly() {
    assertThat(problems("", "source.events", "x"))
        .containsExactly("source.events = \"x\": must be a list of rules, in a file (--config)");
  }

  @Test
  void unknownKeyBesideTheSource_isStillNamed() {
    assertThat(problems("source.preset = edx\nkeep-load = 3"))
        .singleElement()
        .asString()
        .contains("a.conf: unknown setting \"keep-load\"");
  }
}
