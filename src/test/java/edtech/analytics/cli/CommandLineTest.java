package edtech.analytics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.testing.ForkedJvm;
import edtech.analytics.testing.ThisJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arguments and settings that are refused before any service is asked; nobody answers here. */
class CommandLineTest {
  private static final String PASSWORD = "correct-horse";
  private static final String[] LOAD = {"load", "--date", "2006-12-01"};

  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "EVENTS_URI", "s3a://bucket/events",
          "CLICKHOUSE_URL", "http://127.0.0.1:1",
          "CLICKHOUSE_USER", "loader",
          "CLICKHOUSE_PASSWORD", PASSWORD);

  @TempDir private Path folder;

  @Test
  void load_unknownSetting_exits2() {
    ForkedJvm.Result result = run(Map.of(), LOAD, "--set", "batch-rows=5");
    assertThat(result.lastError())
        .startsWith("error: --set: unknown setting \"batch-rows\"; known are allow-empty-day, ");
    requireRefused(result, result.lastError());
  }

  @Test
  void load_severalBadSettings_exits2AndReportsThemAll() {
    ForkedJvm.Result result =
        run(
            Map.of("EDTECH_LATENESS_DAYS", "8"),
            LOAD,
            "--set",
            "currency=euro",
            "--set",
            "clickhouse.password=hunter2");
    requireRefused(
        result,
        "error: clickhouse.password = \"(hidden)\": must be env:NAME, file:/path, aws-secret:ID or \"\", not the"
            + " secret itself");
    assertThat(result.err().lines().filter(line -> line.startsWith("error: ")))
        .containsExactly(
            "error: lateness-days = \"8\": must be a whole number from 0 to 7",
            "error: currency = \"euro\": must be an ISO 4217 code of three letters",
            result.lastError());
    assertThat(result.text()).doesNotContain("hunter2");
  }

  @Test
  void load_badDate_exits2() {
    requireRefused(
        run(Map.of(), "load", "--date", "2006-02-30"),
        "error: Invalid value for option '--date': \"2006-02-30\" is not a day: write YYYY-MM-DD"
            + " (edtech-analytics load --help lists the options)");
  }

  @Test
  void load_dayThatNoEventCanHave_exits2() {
    requireRefused(
        run(Map.of(), "load", "--date", "1969-12-31"),
        "error: Invalid value for option '--date': \"1969-12-31\" lies outside 2000-01-01 to"
            + " 2099-12-31, the days events can have (edtech-analytics load --help lists the"
            + " options)");
  }

  @Test
  void load_dayInTheFuture_exits2() {
    requireRefused(
        run(Map.of("EDTECH_DAY_TIMEZONE", "Asia/Almaty"), "load", "--date", "2099-03-05"),
        "error: --date 2099-03-05 lies in the future: in day.timezone=Asia/Almaty it is "
            + LocalDate.now(ZoneId.of("Asia/Almaty"))
            + "; add --force to load it all the same (edtech-analytics load --help lists the"
            + " options)");
  }

  @Test
  void backfill_fromAfterTo_exits2() {
    requireRefused(
        run(Map.of(), "backfill", "--from", "2006-02-02", "--to", "2006-02-01"),
        "error: --from 2006-02-02 lies after --to 2006-02-01: exchange them (edtech-analytics"
            + " backfill --help lists the options)");
  }

  @Test
  void load_sinceAfterDate_exits2() {
    requireRefused(
        run(Map.of(), LOAD, "--since", "2006-12-02"),
        "error: --since 2006-12-02 lies after --date 2006-12-01: exchange them (edtech-analytics"
            + " load --help lists the options)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--loads 0", "--loads -1", "--loads=-1", "--loads many"})
  void status_numberOutOfRange_exits2(String option) {
    requireRefused(
        run(Map.of(), new String[] {"status"}, option.split(" ")),
        "error: Invalid value for option '--loads': \""
            + option.replaceAll(".*[ =]", "")
            + "\" must be a whole number of at least 1 (edtech-analytics status --help lists the"
            + " options)");
  }

  @Test
  void forget_blankUser_exits2() {
    requireRefused(
        run(Map.of(), "forget", "--user", " "),
        "error: --user has 1 characters, and is blank or too long: a user_id has 1 to 256"
            + " (edtech-analytics forget --help lists the options)");
  }

  @Test
  void load_summaryThatCannotBeWritten_exits2BeforeItLoads() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    requireRefused(
        run(Map.of(), LOAD, "--summary", file + "/summary.json"),
        "error: --summary "
            + file
            + "/summary.json cannot be written (FileAlreadyExistsException): name a file in a folder"
            + " of yours (edtech-analytics load --help lists the options)");
  }

  @Test
  void load_catalogThatIsNotThere_exits2BeforeItLoads() {
    ForkedJvm.Result result =
        run(Map.of(), LOAD, "--set", "clickhouse.catalog=com.example.Misspelt");
    requireRefused(
        result,
        "error: clickhouse.catalog = \"com.example.Misspelt\": this class is not on the class path:"
            + " give spark-submit its --packages (docs/connector.md), or leave the setting out for"
            + " the built-in sink");
    assertThat(result.out()).isEmpty();
  }

  @Test
  void load_passwordVariableNotSet_exits2AndNamesIt() {
    requireRefused(
        run(Map.of(), LOAD, "--set", "clickhouse.password=env:NO_SUCH_VARIABLE"),
        "error: clickhouse.password = \"env:NO_SUCH_VARIABLE\": the variable NO_SUCH_VARIABLE is not"
            + " set: export it, name another place, or set clickhouse.password=\"\" for a user"
            + " without a password");
  }

  @Test
  void load_passwordOverThePlainNetwork_exits2AndIsNotSent() {
    requireRefused(
        run(Map.of("CLICKHOUSE_URL", "http://clickhouse.example:8123"), LOAD),
        "error: clickhouse.url = \"http://clickhouse.example:8123\": would send the password in"
            + " clear over the network: give https://host:port");
  }

  @Test
  void noCommand_exits2() {
    requireRefused(
        run(Map.of()),
        "error: Missing required subcommand (edtech-analytics --help lists the options)");
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:1, Connect to http://127.0.0.1:1 [/127.0.0.1] failed: Connection refused",
    "https://no-such-host.invalid:8443, unknown host no-such-host.invalid"
  })
  void load_noClickHouse_exits1WithinSeconds(String url, String reason) {
    ForkedJvm.Result result = run(Map.of("CLICKHOUSE_URL", url), LOAD);
    assertThat(result.lastError())
        .startsWith("error: ClickHouse at " + url + " as user loader did not answer: " + reason)
        .endsWith("; is it up, and clickhouse.url (CLICKHOUSE_URL) right?");
    result.requireFailure(1, result.lastError());
    assertThat(result.text()).doesNotContain(PASSWORD);
    assertThat(result.seconds()).isLessThan(30);
  }

  @Test
  void load_debug_showsTheStackTrace() {
    ForkedJvm.Result result = run(Map.of(), LOAD, "--debug");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("\tat edtech.analytics.");
    assertThat(result.lastError()).startsWith("error: ClickHouse at http://127.0.0.1:1 ");
    assertThat(result.text()).doesNotContain(PASSWORD);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2007-03-01' OR 1=1",
        "2007-03-01/../../other",
        "../2007-03-01",
        "2007-03-01\n2007-03-02 published",
        "\u001b[32mpublished\u001b[0m",
        "2007-03-01; DROP TABLE store.raw_events",
        "２０３５-03-01"
      })
  void dateThatIsNone_isRefusedInOnePrintableLine(String date) {
    ForkedJvm.Result result = run(Map.of(), "load", "--date", date);
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .matches(
            "error: Invalid value for option '--date': [^\\p{Cc}\\p{Cf}]* is not a day: [^\\p{Cc}]*\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "events-uri=s3a://b\n2007-03-01  published/e",
        "events-uri=/../../etc",
        "s3.endpoint=http://h:1\u001b[2J",
        "day.timezone=UTC'; DROP TABLE store.raw_events; --",
        "day.timezone=../../etc/localtime",
        "currency=US'\u202e",
        "lateness-days=1; DROP TABLE store.raw_events",
        "clickhouse.url=http://h:1/?query=DROP",
        "clickhouse.password=x\nerror: none",
        "clickhouse.catalog=x'; DROP\n2007-03-01  published",
        "keep-loads=2)) OR ((1=1",
        "max-rejected-ratio=1e-1 OR 1",
        "no\u001b[31msuch=1"
      })
  void settingThatIsNone_isRefusedInOnePrintableLine(String setting) {
    ForkedJvm.Result result = run(Map.of(), LOAD, "--set", setting);
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .matches("(error: [^\\p{Cc}\\p{Cf}]+\n)+")
        .contains(setting.replaceAll("(?s)[^a-z0-9.-].*", ""));
  }

  private static void requireRefused(ForkedJvm.Result result, String lastLine) {
    result.requireFailure(2, lastLine);
    assertThat(result.text()).doesNotContain(PASSWORD);
  }

  private static ForkedJvm.Result run(
      Map<String, String> environment, String[] command, String... more) {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of(more));
    return run(environment, arguments.toArray(String[]::new));
  }

  private static ForkedJvm.Result run(Map<String, String> environment, String... arguments) {
    Map<String, String> all = new HashMap<>(ENVIRONMENT);
    all.putAll(environment);
    return ThisJvm.run(all, arguments);
  }
}
