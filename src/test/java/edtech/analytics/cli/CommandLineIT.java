package edtech.analytics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import edtech.analytics.load.LoadMode;
import edtech.analytics.testing.ForkedJvm;
import edtech.analytics.testing.JobJvm;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.RecordingProxy;
import edtech.analytics.testing.SampleDay;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands as an operator runs them, each in a JVM of its own. */
class CommandLineIT {
  private static final LocalDate EMPTY = LocalDate.of(2034, 12, 1);

  /** For commands that need no events. */
  private static final Map<String, String> NO_EVENTS = Map.of("EVENTS_URI", "");

  private static LocalServices services;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    services = new LocalServices("command-line");
  }

  @AfterAll
  static void close() {
    services.close();
  }

  @Test
  void load_noEvents_exits1AndSaysWhatToDo() throws Exception {
    ForkedJvm.Result result = run(Map.of(), "load", "--date", EMPTY.toString());
    requireFailure(
        result,
        1,
        "error: "
            + EMPTY
            + " was not loaded: no line below "
            + services.eventsUri()
            + "/dt="
            + EMPTY
            + "/: upload the day's events, or set allow-empty-day=true to publish the day with"
            + " zeros");
  }

  @Test
  void load_unknownSetting_exits2() throws Exception {
    ForkedJvm.Result result =
        run(Map.of(), "load", "--date", EMPTY.toString(), "--set", "batch-rows=5");
    assertThat(result.lastError())
        .startsWith("error: --set: unknown setting \"batch-rows\"; known are allow-empty-day, ");
    requireFailure(result, 2, result.lastError());
  }

  @Test
  void load_severalBadSettings_exits2AndReportsThemAll() throws Exception {
    ForkedJvm.Result result =
        run(
            Map.of("EDTECH_LATENESS_DAYS", "8"),
            "load",
            "--date",
            EMPTY.toString(),
            "--set",
            "currency=euro",
            "--set",
            "clickhouse.password=hunter2");
    requireFailure(
        result,
        2,
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
  void load_badDate_exits2() throws Exception {
    requireFailure(
        run(Map.of(), "load", "--date", "2034-02-30"),
        2,
        "error: Invalid value for option '--date': \"2034-02-30\" is no day: write YYYY-MM-DD"
            + " (edtech-analytics load --help tells what it takes)");
  }

  @Test
  void load_dayThatNoEventCanHave_exits2() throws Exception {
    requireFailure(
        run(Map.of(), "load", "--date", "1969-12-31"),
        2,
        "error: Invalid value for option '--date': \"1969-12-31\" lies outside 2000-01-01 to"
            + " 2099-12-31, the days events can have (edtech-analytics load --help tells what it"
            + " takes)");
  }

  @Test
  void backfill_fromAfterTo_exits2() throws Exception {
    requireFailure(
        run(Map.of(), "backfill", "--from", "2034-02-02", "--to", "2034-02-01"),
        2,
        "error: --from 2034-02-02 lies after --to 2034-02-01: exchange them (edtech-analytics"
            + " backfill --help tells what it takes)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--loads 0", "--loads -1", "--loads=-1", "--loads many"})
  void status_numberOutOfRange_exits2(String option) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("status"));
    arguments.addAll(List.of(option.split(" ")));
    requireFailure(
        run(Map.of(), arguments.toArray(String[]::new)),
        2,
        "error: Invalid value for option '--loads': \""
            + option.replaceAll(".*[ =]", "")
            + "\" is no whole number from 1 on (edtech-analytics status --help tells what it"
            + " takes)");
  }

  @Test
  void load_summaryThatCannotBeWritten_exits2BeforeItLoads() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    requireFailure(
        run(Map.of(), "load", "--date", EMPTY.toString(), "--summary", file + "/summary.json"),
        2,
        "error: --summary "
            + file
            + "/summary.json cannot be written (FileAlreadyExistsException): name a file in a folder"
            + " of yours (edtech-analytics load --help tells what it takes)");
  }

  @Test
  void load_catalogThatIsNotThere_exits2BeforeItLoads() throws Exception {
    ForkedJvm.Result result =
        run(
            Map.of(),
            "load",
            "--date",
            EMPTY.toString(),
            "--set",
            "clickhouse.catalog=com.example.Misspelt");
    requireFailure(
        result,
        2,
        "error: clickhouse.catalog = \"com.example.Misspelt\": this class is not on the class path:"
            + " give spark-submit its --packages (docs/connector.md), or leave the"
            + " setting out for the built-in sink");
    assertThat(result.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"loader, wrong-horse", "nobody, wrong-horse", "default, wrong-horse"})
  void load_wrongClickHouseLogin_exits1AndSaysWhatToSet(String user, String password)
      throws Exception {
    ForkedJvm.Result result =
        run(
            Map.of("CLICKHOUSE_USER", user, "CLICKHOUSE_PASSWORD", password),
            "load",
            "--date",
            EMPTY.toString());
    requireFailure(
        result,
        1,
        "error: ClickHouse at "
            + LocalServices.ENVIRONMENT.get("CLICKHOUSE_URL")
            + " as user "
            + user
            + " refused the login: no such user, or another password; set clickhouse.user"
            + " (CLICKHOUSE_USER), and the password where clickhouse.password says"
            + " (CLICKHOUSE_PASSWORD by default)");
    assertThat(result.text()).doesNotContain(password);
  }

  @Test
  void load_passwordVariableNotSet_exits2AndNamesIt() throws Exception {
    requireFailure(
        run(
            Map.of(),
            "load",
            "--date",
            EMPTY.toString(),
            "--set",
            "clickhouse.password=env:NO_SUCH_VARIABLE"),
        2,
        "error: clickhouse.password = \"env:NO_SUCH_VARIABLE\": the variable NO_SUCH_VARIABLE is not"
            + " set: export it, name another place, or set clickhouse.password=\"\" for a user"
            + " without a password");
  }

  @Test
  void init_missingRight_exits1AndSaysWhoMay() throws Exception {
    ForkedJvm.Result result = run(Map.of(), "init");
    assertThat(result.lastError())
        .startsWith(
            "error: ClickHouse at "
                + LocalServices.ENVIRONMENT.get("CLICKHOUSE_URL")
                + " as user loader refused: Code: 497. DB::Exception: loader: Not enough privileges."
                + " To execute this query, it's necessary to have the grant CREATE DATABASE ON ")
        .endsWith(
            "; run conf/clickhouse/grants/loader.sql for a user that loads, or set clickhouse.user"
                + " (CLICKHOUSE_USER) to one that may: init needs an administrator");
    requireFailure(result, 1, result.lastError());
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:1, Connect to http://127.0.0.1:1 [/127.0.0.1] failed: Connection refused",
    "https://no-such-host.invalid:8443, unknown host no-such-host.invalid"
  })
  void load_noClickHouse_exits1WithinSeconds(String url, String reason) throws Exception {
    ForkedJvm.Result result =
        run(Map.of("CLICKHOUSE_URL", url), "load", "--date", EMPTY.toString());
    assertThat(result.lastError())
        .startsWith("error: ClickHouse at " + url + " as user loader did not answer: " + reason)
        .endsWith("; is it up, and clickhouse.url (CLICKHOUSE_URL) right?");
    requireFailure(result, 1, result.lastError());
    assertThat(result.seconds()).isLessThan(30);
  }

  @Test
  void load_otherServerAtClickHouseUrl_exits1AndSaysSo() throws Exception {
    String url = LocalServices.ENVIRONMENT.get("S3_ENDPOINT");
    ForkedJvm.Result result =
        run(Map.of("CLICKHOUSE_URL", url), "load", "--date", EMPTY.toString());
    assertThat(result.lastError())
        .startsWith(
            "error: ClickHouse at "
                + url
                + " as user loader does not answer as ClickHouse's HTTP interface does: ")
        .endsWith("; set clickhouse.url (CLICKHOUSE_URL) to its host and port");
    requireFailure(result, 1, result.lastError());
  }

  @Test
  void load_debug_showsTheStackTrace() throws Exception {
    ForkedJvm.Result result =
        run(
            Map.of("CLICKHOUSE_URL", "http://127.0.0.1:1"),
            "load",
            "--date",
            EMPTY.toString(),
            "--debug");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("\tat edtech.analytics.");
    assertThat(result.lastError()).startsWith("error: ClickHouse at http://127.0.0.1:1 ");
    requireNoSecret(result);
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:1, 'Connection refused; '",
    "http://no-such-host.invalid, 'no-such-host.invalid; no such host: '"
  })
  void load_noS3_exits1WithinAMinute(String endpoint, String reason) throws Exception {
    requireNotListed(
        run(Map.of("S3_ENDPOINT", endpoint), "load", "--date", EMPTY.toString()),
        services.eventsUri(),
        endpoint,
        reason
            + "set s3.endpoint (S3_ENDPOINT) to the address of an S3 that is up, or to nothing for"
            + " Amazon's, and events-uri (EVENTS_URI) to a bucket in it");
  }

  @Test
  void load_otherServerAtS3Endpoint_isNotTakenForAnEmptyDay() throws Exception {
    String endpoint = LocalServices.ENVIRONMENT.get("CLICKHOUSE_URL");
    ForkedJvm.Result result =
        run(
            Map.of("S3_ENDPOINT", endpoint, "EDTECH_ALLOW_EMPTY_DAY", "true"),
            "load",
            "--date",
            EMPTY.toString());
    requireNotListed(
        result,
        services.eventsUri(),
        endpoint,
        "; set s3.endpoint (S3_ENDPOINT) to the address of an S3 that is up, or to nothing for"
            + " Amazon's, and events-uri (EVENTS_URI) to a bucket in it");
    assertThat(result.lastError()).contains("Status Code: 404");
  }

  @Test
  void load_noSuchBucket_exits1AndNamesIt() throws Exception {
    ForkedJvm.Result result =
        run(
            Map.of("EVENTS_URI", "s3a://no-such-bucket/events"),
            "load",
            "--date",
            EMPTY.toString());
    requireNotListed(
        result,
        "s3a://no-such-bucket/events",
        LocalServices.ENVIRONMENT.get("S3_ENDPOINT"),
        "; name a bucket that is there in events-uri (EVENTS_URI)");
    assertThat(result.lastError()).contains("The specified bucket does not exist");
  }

  @ParameterizedTest
  @ValueSource(strings = {"AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"})
  void load_wrongS3Key_exits1WithinSeconds(String variable) throws Exception {
    ForkedJvm.Result result =
        run(Map.of(variable, "wrong-staple"), "load", "--date", EMPTY.toString());
    requireNotListed(
        result,
        services.eventsUri(),
        LocalServices.ENVIRONMENT.get("S3_ENDPOINT"),
        "; give keys that may list and read the bucket: AWS_ACCESS_KEY_ID and"
            + " AWS_SECRET_ACCESS_KEY, AWS_PROFILE, a web identity, or an instance role");
    assertThat(result.lastError()).contains("Status Code: 403");
    assertThat(result.text()).doesNotContain("wrong-staple");
    assertThat(result.seconds()).isLessThan(30);
  }

  @Test
  void load_schemaMissing_exits1AndNamesInit() throws Exception {
    services.admin().execute("RENAME TABLE ops.schema_versions TO ops.schema_versions_away");
    try {
      requireFailure(
          run(Map.of(), "load", "--date", EMPTY.toString()),
          1,
          "error: ClickHouse has none of the job's tables, or shows this user none: run init as an"
              + " administrator, and conf/clickhouse/grants/loader.sql for the user that loads");
    } finally {
      services.admin().execute("RENAME TABLE ops.schema_versions_away TO ops.schema_versions");
    }
  }

  /** With a proxy, which is not for this machine, and in a country whose digits are not ASCII's. */
  @Test
  void backfill_oneDayFails_publishesTheOthersAndListsIt() throws Exception {
    LocalDate from = LocalDate.of(2034, 3, 1);
    services.put(from, "a.jsonl", SampleDay.lines(from, "a", 20));
    services.put(from.plusDays(2), "a.jsonl", SampleDay.lines(from.plusDays(2), "c", 30));
    Path summary = folder.resolve("new/summary.json");
    ForkedJvm.Result result;
    try (RecordingProxy proxy = new RecordingProxy()) {
      result =
          run(
              proxy.environment(),
              List.of("-Dspark.master=local[2,4]", "-Duser.language=ar", "-Duser.country=EG"),
              "backfill",
              "--from",
              "2034-03-01",
              "--to",
              "2034-03-03",
              "--summary",
              summary.toString());
      assertThat(proxy.requests()).as("of servers on this machine").isEmpty();
    }
    requireFailure(
        result,
        1,
        "error: 1 of 3 days were not loaded: 2034-03-02; fix the errors above, then rerun");
    assertThat(result.err())
        .containsOnlyOnce("no line below " + services.eventsUri() + "/dt=2034-03-02/: ")
        .containsPattern("(?m)^2034-03-02  failed .* s  no line below ");
    assertThat(result.out()).doesNotContain("no line below");
    assertThat(result.out()).contains("3 of 3 days, 50 events, ").contains("published=2");

    JsonNode days = new ObjectMapper().readTree(summary.toFile());
    assertThat(days).hasSize(3);
    assertThat(days.findValuesAsText("status")).containsExactly("published", "failed", "published");
    JsonNode first = days.get(0);
    assertThat(first.get("event_date").asText()).isEqualTo("2034-03-01");
    assertThat(first.get("lines_read").asLong()).isEqualTo(20 + SampleDay.REJECTED);
    assertThat(first.get("accepted").asLong()).isEqualTo(20);
    assertThat(first.get("rejected").asLong()).isEqualTo(SampleDay.REJECTED);
    assertThat(first.get("rejected_by_reason").get("malformed_json").asLong()).isEqualTo(1);
    assertThat(first.get("rejected_by_reason").get("missing_field").asLong()).isEqualTo(1);
    assertThat(first.get("rows_by_table").get("raw.events").asLong()).isEqualTo(20);
    assertThat(first.get("rows_by_table").get("raw.purchases").asLong()).isEqualTo(4);
    assertThat(first.get("seconds_by_step").has("publish")).isTrue();
    assertThat(days.get(1).get("error").asText()).startsWith("no line below ");
    assertThat(
            services.number(
                "SELECT count() FROM raw.events WHERE event_date BETWEEN '2034-03-01' AND"
                    + " '2034-03-03'"))
        .isEqualTo(50);
  }

  @Test
  void load_unchangedDay_needsNoSpark() throws Exception {
    LocalDate day = LocalDate.of(2034, 4, 1);
    services.put(day, "a.jsonl", SampleDay.lines(day, "a", 20));
    assertThat(services.load(day).load().status()).isEqualTo("published");
    List<String> noSpark = List.of("-Dspark.master=nowhere");
    ForkedJvm.Result skipped = run(Map.of(), noSpark, "load", "--date", day.toString());
    assertThat(skipped.code()).as(skipped.text()).isZero();
    assertThat(skipped.out())
        .contains(day + "  skipped  load ")
        .contains("  unchanged since it was published; --force loads it again\n");
    assertThat(skipped.err().lines().filter(line -> line.startsWith("error"))).isEmpty();
    requireNoSecret(skipped);

    ForkedJvm.Result forced = run(Map.of(), noSpark, "load", "--date", day.toString(), "--force");
    assertThat(forced.lastError())
        .startsWith("error: " + day + " was not loaded: ")
        .contains("nowhere");
    requireFailure(forced, 1, forced.lastError());
  }

  @Test
  void status_gapAndHeldDay_areShown() throws Exception {
    LocalDate first = LocalDate.of(2034, 6, 1);
    LocalDate held = LocalDate.of(2034, 6, 3);
    for (LocalDate day : List.of(first, held)) {
      services.put(day, "a.jsonl", SampleDay.lines(day, "a", 20));
      assertThat(services.load(day).load().status()).isEqualTo("published");
    }
    long load =
        services.number(
            "SELECT toInt64(max(load_id)) FROM ops.publications WHERE event_date = '2034-06-03'");
    services.load(held, LoadMode.FORCED);
    ForkedJvm.Result rollback = run(NO_EVENTS, "rollback", "--date", held.toString());
    assertThat(rollback.code()).as(rollback.text()).isZero();
    assertThat(rollback.out())
        .isEqualTo(
            "2034-06-03 shows load " + load + " again and is held there: --force loads it anew\n");

    ForkedJvm.Result status = run(NO_EVENTS, "status", "--loads", "3");
    assertThat(status.code()).as(status.text()).isZero();
    assertThat(status.out())
        .containsPattern("(?m)^published: \\d+ days, \\d{4}-\\d\\d-\\d\\d to \\d{4}-\\d\\d-\\d\\d$")
        .containsPattern("(?m)^missing:   .*\\b2034-06-02\\b")
        .containsPattern("(?m)^held:      .*2034-06-03 at load " + load + ".* \\(rolled back\\)$")
        .containsPattern("(?m)^last loads \\(UTC\\):(\\n  .*){3}$");
    requireNoSecret(status);

    ForkedJvm.Result again = run(Map.of(), "rollback", "--date", held + "", "--load-id", "42");
    assertThat(again.lastError()).startsWith("error: load 42 was never published for 2034-06-03; ");
    requireFailure(again, 1, again.lastError());
  }

  @Test
  void load_fewLines_exits3UntilReleased() throws Exception {
    LocalDate day = LocalDate.of(2034, 9, 29);
    for (int week = 1; week <= 4; week++) {
      LocalDate before = day.minusWeeks(week);
      services.put(before, "a.jsonl", SampleDay.lines(before, "a", 20));
      assertThat(services.load(before).load().status()).isEqualTo("published");
    }
    services.put(day, "a.jsonl", SampleDay.lines(day, "a", 5));
    Path metrics = folder.resolve("edtech.prom");
    ForkedJvm.Result held =
        run(Map.of(), "load", "--date", day.toString(), "--set", "metrics-file=" + metrics);
    assertThat(held.lastError())
        .startsWith(
            "error: 2034-09-29 is held: 2034-09-29 has 7 lines, below hold-below-ratio=0.5 of 22.0,");
    requireFailure(held, 3, held.lastError());
    assertThat(Files.readAllLines(metrics)).contains("edtech_load_days{status=\"held\"} 1.0");

    ForkedJvm.Result status = run(NO_EVENTS, "status");
    assertThat(status.out()).containsPattern("(?m)^held:      load \\d+: 2034-09-29 has 7 lines, ");

    ForkedJvm.Result release = run(NO_EVENTS, "release", "--date", day.toString());
    assertThat(release.code()).as(release.text()).isZero();
    assertThat(release.out()).matches("2034-09-29 shows load \\d+, which was held\n");
    assertThat(services.number("SELECT count() FROM raw.events WHERE event_date = '2034-09-29'"))
        .isEqualTo(5);
  }

  @Test
  void forget_user_exits0WithAReceipt() throws Exception {
    LocalDate day = LocalDate.of(2034, 10, 1);
    String user = "forgotten-" + System.nanoTime();
    services.put(day, "a.jsonl", SampleDay.lines(day, "a", 20));
    services.put(
        day,
        "b.jsonl",
        SampleDay.lines(day, "a", 20)[0]
            .replace("\"u0\"", "\"" + user + "\"")
            .replace("a-0", "a-x"));
    assertThat(services.load(day).load().counts().accepted()).isEqualTo(21);
    services.abandonRunning();
    Path receipt = folder.resolve("receipt.json");
    ForkedJvm.Result result =
        run(NO_EVENTS, "forget", "--user", user, "--receipt", receipt.toString());
    assertThat(result.code()).as(result.text()).isZero();
    assertThat(result.out()).contains("raw.events 1").contains("S3: delete the user's lines");
    assertThat(result.text()).doesNotContain(user);
    requireNoSecret(result);
    JsonNode removed = new ObjectMapper().readTree(receipt.toFile());
    assertThat(removed.get("rows_removed_from_view").get("raw.events").asLong()).isEqualTo(1);
    assertThat(removed.get("finished_at").isNull()).isFalse();
    assertThat(services.number("SELECT count() FROM raw.events WHERE event_date = '2034-10-01'"))
        .isEqualTo(20);
  }

  @Test
  void forget_blankUser_exits2() throws Exception {
    requireFailure(
        run(NO_EVENTS, "forget", "--user", " "),
        2,
        "error: --user has 1 characters, and is blank or too long: a user_id has 1 to 256"
            + " (edtech-analytics forget --help tells what it takes)");
  }

  @Test
  void sweep_nothingDead_exits0() throws Exception {
    ForkedJvm.Result result = run(NO_EVENTS, "sweep");
    assertThat(result.code()).as(result.text()).isZero();
    assertThat(result.out()).matches("dropped \\d+ stage tables and \\d+ partitions\n");
  }

  @Test
  void init_administrator_exits0() throws Exception {
    ForkedJvm.Result result =
        run(
            Map.of(
                "EVENTS_URI", "",
                "CLICKHOUSE_USER", LocalServices.ENVIRONMENT.get("CLICKHOUSE_USER"),
                "CLICKHOUSE_PASSWORD", LocalServices.ENVIRONMENT.get("CLICKHOUSE_PASSWORD")),
            "init");
    assertThat(result.code()).as(result.text()).isZero();
    assertThat(result.out())
        .isEqualTo(
            "schema is current at " + LocalServices.ENVIRONMENT.get("CLICKHOUSE_URL") + "\n");
    requireNoSecret(result);
  }

  @Test
  void noCommand_exits2() throws Exception {
    ForkedJvm.Result result = run(Map.of());
    requireFailure(
        result,
        2,
        "error: Missing required subcommand (edtech-analytics --help tells what it takes)");
  }

  private static void requireFailure(ForkedJvm.Result result, int code, String lastLine) {
    assertThat(result.code()).as(result.text()).isEqualTo(code);
    assertThat(result.lastError()).isEqualTo(lastLine);
    assertThat(result.text()).doesNotContain("\tat ").doesNotContain("Caused by");
    requireNoSecret(result);
  }

  private static void requireNotListed(
      ForkedJvm.Result result, String eventsUri, String endpoint, String end) {
    assertThat(result.lastError())
        .startsWith(
            "error: %s was not loaded: cannot list %s/dt=%s/ in the S3 at %s: "
                .formatted(EMPTY, eventsUri, EMPTY, endpoint))
        .endsWith(end);
    requireFailure(result, 1, result.lastError());
    assertThat(result.seconds()).isLessThan(60);
  }

  private static void requireNoSecret(ForkedJvm.Result result) {
    assertThat(result.text()).doesNotContain(JobJvm.secrets());
  }

  private static ForkedJvm.Result run(Map<String, String> environment, String... arguments)
      throws InterruptedException {
    return run(environment, List.of("-Dspark.master=local[2,4]"), arguments);
  }

  private static ForkedJvm.Result run(
      Map<String, String> environment, List<String> options, String... arguments)
      throws InterruptedException {
    return new JobJvm(services).run(environment, options, arguments);
  }
}
