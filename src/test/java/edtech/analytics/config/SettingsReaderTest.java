package edtech.analytics.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsReaderTest {
  private static final Map<String, String> REQUIRED =
      Map.of(
          "events-uri", "s3a://b/e", "clickhouse.url", "http://h:8123", "clickhouse.password", "");

  @TempDir private Path folder;

  @Test
  void requiredKeysOnly_read_hasTheDefaults() {
    Settings settings = read(REQUIRED);
    assertThat(settings.s3Endpoint()).isEmpty();
    assertThat(settings.allowEmptyDay()).isFalse();
    assertThat(settings.events())
        .isEqualTo(
            new Settings.Events(
                ZoneId.of("UTC"),
                0,
                1 << 20,
                new Settings.EventTypes(
                    Set.of("purchase"),
                    Set.of("task_result"),
                    Set.of("ab_test_assignment"),
                    Set.of("lesson_start"),
                    Set.of("lesson_complete")),
                Set.of("success"),
                "USD",
                Set.of(
                    "null",
                    "undefined",
                    "[object Object]",
                    "0",
                    "00000000-0000-0000-0000-000000000000",
                    "NaN"),
                Set.of("sent_at")));
    assertThat(settings.refusal()).isEqualTo(new Settings.Refusal(0.01, 1000, 0.2, 0.2));
    assertThat(settings.publication())
        .isEqualTo(new Settings.Publication(2, 60, 30, OptionalDouble.of(0.5)));
    assertThat(settings.clickhouse())
        .isEqualTo(
            new Settings.ClickHouse(
                List.of("http://h:8123"),
                "",
                1,
                "default",
                new Secret(""),
                10,
                300,
                300_000,
                64 << 20,
                3,
                "edtech.analytics.clickhouse.sink.StageCatalog"));
  }

  @ParameterizedTest
  @CsvSource({"off, -1", "0, 0", "0.25, 0.25", "1, 1"})
  void holdBelowRatio_isOffOrAShare(String text, double ratio) {
    assertThat(read(with("hold-below-ratio", text)).publication().holdBelowRatio().orElse(-1))
        .isEqualTo(ratio);
  }

  @ParameterizedTest
  @ValueSource(strings = {"on", "1.5", "-0.1", "NaN", "50%"})
  void holdBelowRatio_anythingElse_isRefused(String text) {
    assertThatThrownBy(() -> read(with("hold-below-ratio", text)))
        .hasMessageContaining(
            "hold-below-ratio = \"" + text + "\": must be off, or a share from 0 to 1");
  }

  @Test
  void layers_laterOneWins() throws IOException {
    Path file = file("keep-loads = 3\ncurrency = EUR\nday.timezone = \"Europe/Berlin\"");
    Map<String, String> environment =
        Map.of(
            "EDTECH_KEEP_LOADS",
            "4",
            "EDTECH_CURRENCY",
            "chf",
            "EVENTS_URI",
            "s3://b/e/",
            "CLICKHOUSE_PASSWORD",
            "");
    Settings settings =
        SettingsReader.read(
            Optional.of(file),
            environment,
            Map.of("keep-loads", "5", "clickhouse.url", "https://h:8443"));
    assertThat(settings.events().zone()).as("file").isEqualTo(ZoneId.of("Europe/Berlin"));
    assertThat(settings.events().currency()).as("environment").isEqualTo("CHF");
    assertThat(settings.publication().keepLoads()).as("--set").isEqualTo(5);
    assertThat(settings.eventsUri()).isEqualTo("s3a://b/e");
  }

  @Test
  void ownVariable_winsOverTheUsualOne() {
    Map<String, String> environment =
        Map.of(
            "EVENTS_URI", "s3a://usual/e",
            "EDTECH_EVENTS_URI", "s3a://own/e",
            "CLICKHOUSE_URL", "http://h:1",
            "CLICKHOUSE_PASSWORD", "");
    assertThat(SettingsReader.read(Optional.empty(), environment, Map.of()).eventsUri())
        .isEqualTo("s3a://own/e");
  }

  @Test
  void emptyVariable_isAsIfNotSet() {
    Map<String, String> environment = Map.of("EDTECH_KEEP_LOADS", "", "EVENTS_URI", "");
    assertThat(
            SettingsReader.read(Optional.empty(), environment, REQUIRED).publication().keepLoads())
        .isEqualTo(2);
  }

  @Test
  void lists_fromFileAndFromText_areTheSame() throws IOException {
    Path file = file("event-types.purchase = [\"buy\", \"purchase\"]");
    Settings fromFile = SettingsReader.read(Optional.of(file), Map.of(), REQUIRED);
    Settings fromText = read(with("event-types.purchase", "purchase, buy"));
    assertThat(fromFile.events().types().purchase()).containsExactly("buy", "purchase");
    assertThat(fromText.meaning()).isEqualTo(fromFile.meaning());
  }

  @Test
  void settingsThatChangeNoResult_meaning_isTheSame() {
    String meaning = read(REQUIRED).meaning();
    for (String[] one :
        new String[][] {
          {"clickhouse.batch-rows", "5"},
          {"clickhouse.user", "x"},
          {"keep-loads", "9"},
          {"s3.endpoint", "http://s3:9000"},
          {"sweep-grace-minutes", "0"},
          {"events-uri", "s3a://other/place"}
        }) {
      assertThat(read(with(one[0], one[1])).meaning()).as(one[0]).isEqualTo(meaning);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "day.timezone, Europe/Berlin",
    "lateness-days, 1",
    "max-line-bytes, 2048",
    "event-types.purchase, buy",
    "event-types.task-result, task",
    "event-types.ab-test-assignment, ab",
    "success-values, 'success,ok'",
    "currency, EUR",
    "placeholder-ids, none",
    "ignored-properties, uploaded_at",
    "max-rejected-ratio, 0.02",
    "max-rejected-lines, 1001",
    "max-rejected-ratio-of-any-day, 0.3",
    "max-outside-day-ratio, 0.3"
  })
  void settingMarkedR_changed_changesTheMeaning(String key, String value) {
    assertThat(read(with(key, value)).meaning()).isNotEqualTo(read(REQUIRED).meaning());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "day.timezone | Berlin | must be an IANA zone such as Europe/Berlin, or UTC",
        "day.timezone | +02:00 | must be an IANA zone such as Europe/Berlin, or UTC",
        "lateness-days | 8 | must be a whole number from 0 to 7",
        "lateness-days | -1 | must be a whole number from 0 to 7",
        "lateness-days | 1.5 | must be a whole number from 0 to 7",
        "max-line-bytes | 1023 | must be a whole number from 1024 to 67108864",
        "max-line-bytes | 67108865 | must be a whole number from 1024 to 67108864",
        "allow-empty-day | yes | must be true or false",
        "currency | US | must be an ISO 4217 code of three letters",
        "currency | 12€ | must be an ISO 4217 code of three letters",
        "max-rejected-ratio | 1.01 | must be a share from 0 to 1",
        "max-rejected-ratio-of-any-day | 20 | must be a share from 0 to 1",
        "max-rejected-ratio | NaN | must be a share from 0 to 1",
        "max-outside-day-ratio | -0.1 | must be a share from 0 to 1",
        "max-outside-day-ratio | a | must be a share from 0 to 1",
        "max-rejected-lines | 2147483648 | must be a whole number from 0 to 2147483647",
        "keep-loads | 0 | must be a whole number from 1 to 1000",
        "sweep-grace-minutes | -5 | must be a whole number from 0 to 1000000",
        "rejected-retention-days | x | must be a whole number from 0 to 36500",
        "clickhouse.connect-timeout | 0 | must be a whole number from 1 to 3600",
        "clickhouse.request-timeout | 86401 | must be a whole number from 1 to 86400",
        "clickhouse.batch-rows | 0 | must be a whole number from 1 to 10000000",
        "clickhouse.batch-bytes | 1023 | must be a whole number from 1024 to 1073741824",
        "clickhouse.retries | 101 | must be a whole number from 0 to 100",
        "clickhouse.url | localhost:8123 | must be http://host:port or https://host:port",
        "clickhouse.url | ftp://h | must be http://host:port or https://host:port",
        "clickhouse.url | http://a b | must be http://host:port or https://host:port",
        "s3.endpoint | s3.example.com | must be http://host:port or https://host:port",
        "events-uri | /data/events | must be s3a://bucket/path, s3://bucket/path or file:///path",
        "events-uri | gs://b/e | must be s3a://bucket/path, s3://bucket/path or file:///path",
        "events-uri | s3a:///e | must be s3a://bucket/path, s3://bucket/path or file:///path",
        "events-uri | s3a://a_b/e | must be s3a://bucket/path, s3://bucket/path or file:///path",
        "events-uri | file://a/b | must be s3a://bucket/path, s3://bucket/path or file:///path"
      })
  void valueThatCannotBe_read_isRefused(String key, String value, String rule) {
    assertThat(problems(with(key, value))).containsExactly(key + " = \"" + value + "\": " + rule);
  }

  @ParameterizedTest
  @ValueSource(strings = {"success-values", "event-types.purchase"})
  void listWithABlankText_read_isRefused(String key) {
    assertThat(problems(with(key, "a, ,b")))
        .containsExactly(
            key + " = \"[a, , b]\": must be a list of one or more texts that are not blank");
  }

  @Test
  void emptyList_read_isNoneWhereThatIsAllowed() {
    assertThat(read(with("placeholder-ids", "")).events().placeholderIds()).isEmpty();
    assertThat(problems(with("placeholder-ids", "null,")))
        .containsExactly(
            "placeholder-ids = \"[null, ]\": must be a list of texts that are not blank");
    assertThat(problems(with("success-values", "")))
        .containsExactly(
            "success-values = \"[]\": must be a list of one or more texts that are not blank");
  }

  @Test
  void passwordInPlaceOfAReference_read_isRefusedUnseen() {
    assertThat(problems(with("clickhouse.password", "hunter2")))
        .containsExactly(
            "clickhouse.password = \"(hidden)\": must be env:NAME, file:/path, aws-secret:ID or \"\", not the"
                + " secret itself");
  }

  @Test
  void addressWithAPassword_read_isRefusedUnseen() {
    assertThat(problems(with("clickhouse.url", "http://me:hunter2@h:8123")))
        .containsExactly(
            "clickhouse.url = \"http://***@h:8123\": must not hold a user, a password or parameters:"
                + " set them by name");
  }

  @Test
  void eventsUriWithKeys_read_isRefusedUnseen() {
    assertThat(problems(with("events-uri", "s3a://me:hunter2@b/e")))
        .containsExactly(
            "events-uri must not hold keys: S3A finds them by itself (docs/security.md)");
  }

  @Test
  void nothingSet_read_namesAllThatIsRequired() {
    assertThat(problems(Map.of()))
        .containsExactly(
            "events-uri is not set: name the folder of the events, as"
                + " EVENTS_URI=s3a://bucket/path",
            "clickhouse.url is not set: give http://host:port, as CLICKHOUSE_URL or in --config",
            "clickhouse.password = \"env:CLICKHOUSE_PASSWORD\": the variable CLICKHOUSE_PASSWORD is"
                + " not set: export it, name another place, or set clickhouse.password=\"\" for a"
                + " user without a password");
  }

  @Test
  void noEventsUri_readForServer_isNoProblem() {
    Map<String, String> overrides = new HashMap<>(REQUIRED);
    overrides.remove("events-uri");
    assertThat(SettingsReader.readForServer(Optional.empty(), Map.of(), overrides).eventsUri())
        .isEmpty();
  }

  @Test
  void noServerAndNoPassword_readForEvents_isNoProblem() {
    Map<String, String> overrides = Map.of("events-uri", "s3a://b/e");
    assertThat(SettingsReader.readForEvents(Optional.empty(), Map.of(), overrides).eventsUri())
        .isEqualTo("s3a://b/e");
  }

  @Test
  void noEventsUri_readForEvents_isReported() {
    assertThatThrownBy(
            () -> SettingsReader.readForEvents(Optional.empty(), Map.of(), new HashMap<>()))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("events-uri is not set");
  }

  @Test
  void unusableEventsUri_readForServer_isReportedWithTheRest() {
    Map<String, String> overrides = with("events-uri", "/data/events");
    overrides.put("keep-loads", "0");
    SettingsException thrown =
        catchThrowableOfType(
            SettingsException.class,
            () -> SettingsReader.readForServer(Optional.empty(), Map.of(), overrides));
    assertThat(thrown.problems())
        .containsExactly(
            "events-uri = \"/data/events\": must be s3a://bucket/path, s3://bucket/path or"
                + " file:///path",
            "keep-loads = \"0\": must be a whole number from 1 to 1000");
  }

  @Test
  void manyProblems_read_areAllReported() throws IOException {
    Path file = file("keep-lods = 3\nlateness-days = 9\nsuccess-values = { a = 1 }");
    SettingsException thrown =
        catchThrowableOfType(
            SettingsException.class,
            () ->
                SettingsReader.read(
                    Optional.of(file),
                    Map.of("EDTECH_CURRENCY", "euro"),
                    Map.of("no.such.key", "1", "clickhouse.url", "http://h:1")));
    assertThat(thrown.problems())
        .hasSizeGreaterThanOrEqualTo(5)
        .anyMatch(p -> p.startsWith("--set: unknown setting \"no.such.key\"; known are "))
        .anyMatch(p -> p.startsWith(file + ": unknown setting \"keep-lods\"; known are "))
        .contains("lateness-days = \"9\": must be a whole number from 0 to 7")
        .contains("currency = \"euro\": must be an ISO 4217 code of three letters")
        .anyMatch(p -> p.startsWith("events-uri is not set"));
    assertThat(thrown).hasMessage(String.join("\n", thrown.problems()));
  }

  @Test
  void listWhereOneValueIsWanted_read_isRefused() throws IOException {
    Path file = file("keep-loads = [1, 2]\nclickhouse.user = [a]\nclickhouse.url = { a = b }");
    assertThatThrownBy(
            () ->
                SettingsReader.read(Optional.of(file), Map.of(), Map.of("events-uri", "s3a://b/e")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("keep-loads must be one value, not a list or an object")
        .hasMessageContaining("clickhouse.user must be one value, not a list or an object");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none.conf", ""})
  void noFile_read_isNamed(String name) {
    Path none = folder.resolve(name);
    assertThatThrownBy(() -> SettingsReader.read(Optional.of(none), Map.of(), REQUIRED))
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            "settings file "
                + none
                + " cannot be read: name a readable file in --config or EDTECH_CONFIG");
  }

  @Test
  void fileOfTheEnvironment_isReadWhereNoOptionNamesOne() throws IOException {
    Path named = Files.writeString(folder.resolve("named.conf"), "lateness-days = 2");
    Path option = file("lateness-days = 3");
    Map<String, String> environment = Map.of("EDTECH_CONFIG", named.toString());
    Map<String, String> none = Map.of("EDTECH_CONFIG", "");
    assertThat(lateness(Optional.empty(), environment)).isEqualTo(2);
    assertThat(lateness(Optional.of(option), environment)).isEqualTo(3);
    assertThat(lateness(Optional.empty(), none)).isZero();
  }

  private static int lateness(Optional<Path> option, Map<String, String> environment) {
    return SettingsReader.read(option, environment, REQUIRED).events().latenessDays();
  }

  @Test
  void fileThatIsNoHocon_read_isNamedWithTheLine() throws IOException {
    Path file = file("keep-loads = 3\n}");
    assertThatThrownBy(() -> SettingsReader.read(Optional.of(file), Map.of(), REQUIRED))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(": 2: ");
  }

  @Test
  void minimalConf_read_isEnough() {
    Settings settings =
        SettingsReader.read(
            Optional.of(Path.of("conf/minimal.conf")), Map.of("CLICKHOUSE_PASSWORD", ""), Map.of());
    assertThat(settings.eventsUri()).isEqualTo("s3a://my-bucket/events");
    assertThat(settings.clickhouse().url()).isEqualTo("http://127.0.0.1:8123");
  }

  @Test
  void minimalConf_hasTheRequiredKeysOnly() throws IOException {
    assertThat(keys(Path.of("conf/minimal.conf"))).containsExactly("events-uri", "clickhouse.url");
  }

  @Test
  void referenceConf_everyKey_hasAComment() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("conf/reference.conf"));
    boolean isExplained = false;
    int keys = 0;
    for (String line : lines) {
      if (line.isBlank() || line.startsWith("# ------")) {
        isExplained = false;
      } else if (line.startsWith("#")) {
        isExplained = true;
      } else {
        assertThat(isExplained).as(line).isTrue();
        keys++;
      }
    }
    assertThat(keys).isGreaterThan(20);
  }

  @Test
  void referenceConf_markedR_areTheKeysOfTheMeaning() throws IOException {
    StringBuilder comment = new StringBuilder();
    Set<String> marked = new TreeSet<>();
    for (String line : Files.readAllLines(Path.of("conf/reference.conf"))) {
      if (line.isBlank()) {
        comment.setLength(0);
      } else if (line.startsWith("#")) {
        comment.append(line);
      } else if (comment.indexOf("(R)") >= 0) {
        marked.add(line.substring(0, line.indexOf(' ')));
      }
    }
    assertThat(marked)
        .containsExactly(
            "currency",
            "day.timezone",
            "dimensions.platform",
            "event-types.ab-test-assignment",
            "event-types.lesson-complete",
            "event-types.lesson-start",
            "event-types.purchase",
            "event-types.task-result",
            "ignored-properties",
            "lateness-days",
            "max-line-bytes",
            "max-outside-day-ratio",
            "max-rejected-lines",
            "max-rejected-ratio",
            "max-rejected-ratio-of-any-day",
            "metrics",
            "placeholder-ids",
            "success-values");
  }

  private static Settings read(Map<String, String> overrides) {
    return SettingsReader.read(Optional.empty(), Map.of(), overrides);
  }

  private static List<String> problems(Map<String, String> overrides) {
    return catchThrowableOfType(SettingsException.class, () -> read(overrides)).problems();
  }

  private static Map<String, String> with(String key, String value) {
    Map<String, String> all = new HashMap<>(REQUIRED);
    all.put(key, value);
    return all;
  }

  private static List<String> keys(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .toList();
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("settings.conf"), text);
  }

  @Test
  void misspeltVariable_isReported() {
    assertThatThrownBy(
            () ->
                SettingsReader.read(Optional.empty(), Map.of("EDTECH_LATENES_DAYS", "3"), REQUIRED))
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            "environment: no setting belongs to the variable EDTECH_LATENES_DAYS;"
                + " conf/reference.conf has them all");
  }

  /** Which addresses these are: AddressTest. */
  @Test
  void passwordOverThePlainNetwork_isRefused() {
    assertThat(problems(withPassword("http://h:8123")))
        .containsExactly(
            "clickhouse.url = \"http://h:8123\": would send the password in clear over the network:"
                + " give https://host:port");
    assertThat(read(withPassword("http://localhost:1")).clickhouse().url())
        .isEqualTo("http://localhost:1");
  }

  private Map<String, String> withPassword(String url) {
    try {
      Path file = Files.writeString(folder.resolve("password"), "hunter2");
      Map<String, String> settings = new HashMap<>(with("clickhouse.url", url));
      settings.put("clickhouse.password", "file:" + file);
      return settings;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
