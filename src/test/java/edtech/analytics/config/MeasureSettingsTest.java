package edtech.analytics.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import edtech.analytics.measure.Dimension;
import edtech.analytics.measure.EventPath;
import edtech.analytics.measure.Measures;
import edtech.analytics.measure.Metric;
import edtech.analytics.source.EventField;
import edtech.analytics.source.FieldPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings {@code dimensions} and {@code metrics}. */
class MeasureSettingsTest {
  private static final Map<String, String> REQUIRED =
      Map.of(
          "events-uri", "s3a://b/e", "clickhouse.url", "http://h:8123", "clickhouse.password", "");
  private static final Dimension PLATFORM =
      new Dimension("platform", new EventPath(EventField.PLATFORM, FieldPath.parse("platform")));

  @TempDir private Path folder;

  private Settings read(String file, Map<String, String> environment, String... overrides)
      throws IOException {
    Map<String, String> set = new HashMap<>(REQUIRED);
    for (int i = 0; i < overrides.length; i += 2) {
      set.put(overrides[i], overrides[i + 1]);
    }
    Path path = Files.writeString(folder.resolve("a.conf"), file);
    return SettingsReader.read(Optional.of(path), environment, set);
  }

  private Measures measures(String file, String... overrides) throws IOException {
    return read(file, Map.of(), overrides).measures();
  }

  private List<String> problems(String file, String... overrides) {
    SettingsException refused =
        catchThrowableOfType(SettingsException.class, () -> measures(file, overrides));
    assertThat(refused).as("is refused").isNotNull();
    return refused.problems();
  }

  private static Dimension dimension(String name, String path) {
    return new Dimension(name, path(path));
  }

  private static EventPath path(String path) {
    return new EventPath(null, FieldPath.parse(path));
  }

  @Test
  void nothingSet_isThePlatformAlone() throws IOException {
    assertThat(measures("")).isEqualTo(new Measures(List.of(PLATFORM), List.of()));
  }

  @Test
  void fileEnvironmentAndSet_comeToTheDefault() throws IOException {
    Measures measures =
        read(
                "dimensions { country = country, plan = \"a.plan\" }",
                Map.of("EDTECH_DIMENSIONS_PLAN", "b.plan", "EDTECH_DIMENSIONS_APP_VERSION", "v"),
                "dimensions.plan",
                "'c.plan'")
            .measures();

    assertThat(measures.dimensions())
        .containsExactly(
            dimension("app_version", "v"),
            dimension("country", "country"),
            dimension("plan", "'c.plan'"),
            PLATFORM);
  }

  @Test
  void null_takesAway() throws IOException {
    assertThat(measures("dimensions.platform = null")).isEqualTo(Measures.NONE);
    assertThat(measures("dimensions = null, metrics = null")).isEqualTo(Measures.NONE);
  }

  @Test
  void nullInEnvironmentAndSet_takesAway() throws IOException {
    assertThat(measures("", "dimensions.platform", "null")).isEqualTo(Measures.NONE);
    Map<String, String> environment = Map.of("EDTECH_DIMENSIONS_PLATFORM", "null");
    assertThat(read("", environment).measures()).isEqualTo(Measures.NONE);
    assertThat(measures("metrics.a.event-types = [x]", "metrics.a", "null").metrics()).isEmpty();
  }

  @Test
  void nullInAMetric_isAsIfItWereNotThere() throws IOException {
    String metric = "metrics { a { event-types = [x], sum = null, where = null }, a_users = null }";
    assertThat(measures(metric).metrics())
        .containsExactly(new Metric("a", Set.of("x"), List.of(), null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "country", "A.B", "A$B"})
  void variableOfNoDimension_isRefused(String name) {
    String variable = "EDTECH_DIMENSIONS_" + name;
    assertThatThrownBy(() -> read("", Map.of(variable, "x")))
        .hasMessageContaining(
            "environment: no setting belongs to the variable "
                + variable
                + "; conf/reference.conf has them all");
  }

  @Test
  void metrics_areReadFromFileAndSet() throws IOException {
    Measures measures =
        measures(
            """
            metrics {
              lessons { event-types = [lesson_complete] }
              study_minutes {
                event-types = [lesson_complete, "lesson.end"], sum = "minutes"
                where { device.kind = [phone, 1.50], platform = ios, done = [true] }
              }
            }
            """,
            "metrics.videos.event-types",
            "video_play,video_end",
            "metrics.videos.where.finished",
            "true");

    assertThat(measures.metrics())
        .containsExactly(
            new Metric("lessons", Set.of("lesson_complete"), List.of(), null),
            new Metric(
                "study_minutes",
                Set.of("lesson_complete", "lesson.end"),
                measures.metrics().get(1).where(),
                path("minutes")),
            new Metric(
                "videos",
                Set.of("video_play", "video_end"),
                List.of(new Metric.Condition(path("finished"), Set.of("true"))),
                null));
    assertThat(measures.metrics().get(1).where())
        .containsExactlyInAnyOrder(
            new Metric.Condition(path("device.kind"), Set.of("phone", "1.50")),
            new Metric.Condition(PLATFORM.path(), Set.of("ios")),
            new Metric.Condition(path("done"), Set.of("true")));
  }

  @Test
  void everyFault_isNamedAtOnce() {
    assertThat(
            problems(
                """
                dimensions { Country = c, a = "x..y", b = "", c = { from = x }, d = [x] }
                metrics {
                  none {}
                  empty { event-types = [] }
                  "1st" { event-types = [x] }
                  wrong { event-types = [x], sum = "a.", some = 1 }
                  text = x
                  active_days { event-types = [x] }
                  task_success { event-types = [x] }
                  a { event-types = [x], where { p = [] } }
                  a_users { event-types = [x] }
                  commas { event-types = "," }
                }
                """))
        .containsExactlyInAnyOrder(
            "dimensions.Country = \"Country\": is no name: it must be of a-z, 0-9 and _, begin with"
                + " a letter, and have at most 32 characters",
            "dimensions.a = \"x..y\": is no path: a part of it is empty",
            "dimensions.b = \"\": is no path: a part of it is empty",
            "dimensions.c = \"{from=x}\": must be the path of one value, as \"device.version\"",
            "dimensions.d = \"[x]\": must be the path of one value, as \"device.version\"",
            "metrics.none: needs event-types = [\"a_type\"]",
            "metrics.empty.event-types = \"[]\": must be a list of one or more texts",
            "metrics.1st = \"1st\": is no name: it must be of a-z, 0-9 and _, begin with a letter,"
                + " and have at most 32 characters",
            "metrics.wrong: unknown setting \"some\"; known are event-types, where, sum",
            "metrics.wrong.sum = \"a.\": is no path: a part of it is empty",
            "metrics.text = \"x\": must be an object in braces",
            "metrics.active_days = \"active_days\": is taken by a metric of every experiment"
                + " (active_days, purchase_conversion, revenue_per_user, task_success_rate,"
                + " task_success_users): give it another name",
            "metrics.task_success = \"task_success\": is taken by a metric of every experiment"
                + " (active_days, purchase_conversion, revenue_per_user, task_success_rate,"
                + " task_success_users): give it another name",
            "metrics.a.where.p = \"[]\": must be a list of one or more texts",
            "metrics.commas.event-types = \",\": must be one or more texts with commas between, none"
                + " of them blank",
            "metrics.a_users = \"a_users\": is what experiments call the users of metric a: give it"
                + " another name");
  }

  @Test
  void moreThanAreAllowed_areRefused() {
    String dimensions =
        IntStream.range(0, 16).mapToObj(i -> "d" + i + " = x").collect(Collectors.joining(","));
    String metrics =
        IntStream.range(0, 65)
            .mapToObj(i -> "m" + i + " { event-types = [x] }")
            .collect(Collectors.joining(","));
    assertThat(problems("dimensions {" + dimensions + "}, metrics {" + metrics + "}"))
        .containsExactlyInAnyOrder(
            "dimensions = \"17\": are too many: at most 16 may be set",
            "metrics = \"65\": are too many: at most 64 may be set");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "dimensions { a = \"x\", a = \"y\" } | dimensions.a",
        "dimensions.a = \"x\" # one\\ndimensions.a = \"x\" # two | dimensions.a",
        "dimensions { a = x }\\ndimensions.a = y | dimensions.a",
        "metrics { a { event-types = [x] }, a { event-types = [y] } } | metrics.a",
        "metrics { a { event-types = [x] } }\\nmetrics { a { event-types = [x] } } | metrics.a",
      })
  void nameGivenTwice_isRefused(String file, String name) {
    assertThat(problems(file.replace("\\n", "\n")))
        .containsExactly(
            folder.resolve("a.conf") + ": " + name + " is set twice: leave one of them");
  }

  @Test
  void nameThatIsAlsoElsewhere_isNotTwice() throws IOException {
    assertThat(
            measures(
                    """
                    # a = x
                    dimensions { a = x, b = "a" } // a = y
                    metrics { a { event-types = [a], where { a = [a] } } }
                    metrics.a.sum = a
                    """)
                .names())
        .isEqualTo(measures("dimensions {b=a,a=x}\nmetrics.a.event-types=[b]").names());
  }

  @Test
  void keyOfSetThatIsNone_isRefused() {
    assertThat(problems("", "dimensions.", "x"))
        .containsExactly("--set dimensions.: is no key: a part of it is empty or no name");
  }

  @Test
  void measures_arePartOfTheMeaning() throws IOException {
    String nothing = read("", Map.of()).meaning();
    String metric = "metrics.a { event-types = [x], sum = y }";
    assertThat(read("dimensions.country = country", Map.of()).meaning()).isNotEqualTo(nothing);
    assertThat(read("dimensions.platform = null", Map.of()).meaning()).isNotEqualTo(nothing);
    assertThat(read(metric, Map.of()).meaning())
        .isNotEqualTo(nothing)
        .isNotEqualTo(read(metric.replace("= y", "= z"), Map.of()).meaning())
        .isEqualTo(read("# again\n" + metric, Map.of()).meaning());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "dimensions.a = platform | dimensions.a = \"'platform'\"",
        "metrics.a { event-types = [x, y] } | metrics.a { event-types = [\"x, y\"] }",
        "metrics.a { event-types = [x] } | metrics.a { event-types = [x], sum = \"null\" }",
        "metrics.a { event-types = [x], where { p = [y, z] } }"
            + "| metrics.a { event-types = [x], where { p = [\"y, z\"] } }",
      })
  void measuresThatLookAlike_haveOtherMeanings(String one, String other) throws IOException {
    assertThat(read(one, Map.of()).meaning()).isNotEqualTo(read(other, Map.of()).meaning());
  }
}
