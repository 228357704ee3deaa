package edtech.analytics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import edtech.analytics.load.ForkedJvm;
import edtech.analytics.load.LoadMode;
import edtech.analytics.load.LocalServices;
import edtech.analytics.load.SampleDay;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as an operator runs them, each in a JVM of its own. */
class CommandLineIT {
  private static final LocalDate EMPTY = LocalDate.of(2034, 12, 1);

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
        "error: clickhouse.password = \"(hidden)\": must be env:NAME, file:/path or \"\", not the"
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

  @Test
  void load_wrongClickHousePassword_exits1InOneLine() throws Exception {
    ForkedJvm.Result result =
        run(Map.of("CLICKHOUSE_PASSWORD", "wrong-horse"), "load", "--date", EMPTY.toString());
    assertThat(result.lastError())
        .startsWith(
            "error: ClickHouse at "
                + LocalServices.ENVIRONMENT.get("CLICKHOUSE_URL")
                + " as user loader refused: ")
        .contains("Authentication failed");
    requireFailure(result, 1, result.lastError());
    assertThat(result.text()).doesNotContain("wrong-horse");
  }

  @Test
  void load_noClickHouse_exits1WithinSeconds() throws Exception {
    ForkedJvm.Result result =
        run(Map.of("CLICKHOUSE_URL", "http://127.0.0.1:1"), "load", "--date", EMPTY.toString());
    assertThat(result.lastError())
        .startsWith(
            "error: ClickHouse at http://127.0.0.1:1 as user loader did not answer (is it up, and"
                + " clickhouse.url right?): ")
        .contains("Connection refused");
    requireFailure(result, 1, result.lastError());
    assertThat(result.seconds()).isLessThan(30);
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

  @Test
  void load_noS3_exits1WithinAMinute() throws Exception {
    ForkedJvm.Result result =
        run(Map.of("S3_ENDPOINT", "http://127.0.0.1:1"), "load", "--date", EMPTY.toString());
    assertThat(result.lastError())
        .startsWith(
            "error: "
                + EMPTY
                + " was not loaded: cannot list "
                + services.eventsUri()
                + "/dt="
                + EMPTY
                + "/ (are events-uri and s3.endpoint right, and do the keys give access?): ")
        .contains("Connection refused");
    requireFailure(result, 1, result.lastError());
    assertThat(result.seconds()).isLessThan(60);
  }

  @Test
  void load_wrongS3Key_exits1WithinSeconds() throws Exception {
    ForkedJvm.Result result =
        run(Map.of("AWS_SECRET_ACCESS_KEY", "wrong-staple"), "load", "--date", EMPTY.toString());
    assertThat(result.lastError())
        .startsWith("error: " + EMPTY + " was not loaded: cannot list ")
        .contains("Status Code: 403");
    requireFailure(result, 1, result.lastError());
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
          "error: ClickHouse has none of the job's tables: run init as an administrator");
    } finally {
      services.admin().execute("RENAME TABLE ops.schema_versions_away TO ops.schema_versions");
    }
  }

  @Test
  void backfill_oneDayFails_publishesTheOthersAndListsIt() throws Exception {
    LocalDate from = LocalDate.of(2034, 3, 1);
    services.put(from, "a.jsonl", SampleDay.lines(from, "a", 20));
    services.put(from.plusDays(2), "a.jsonl", SampleDay.lines(from.plusDays(2), "c", 30));
    Path summary = folder.resolve("new/summary.json");
    ForkedJvm.Result result =
        run(
            Map.of(),
            "backfill",
            "--from",
            "2034-03-01",
            "--to",
            "2034-03-03",
            "--summary",
            summary.toString());
    requireFailure(result, 1, "error: 1 of 3 days were not loaded: 2034-03-02");
    assertThat(result.err())
        .contains("2034-03-02  no line below " + services.eventsUri() + "/dt=2034-03-02/: ");
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
    ForkedJvm.Result rollback = run(Map.of(), "rollback", "--date", held.toString());
    assertThat(rollback.code()).as(rollback.text()).isZero();
    assertThat(rollback.out())
        .isEqualTo(
            "2034-06-03 shows load " + load + " again and is held there: --force loads it anew\n");

    ForkedJvm.Result status = run(Map.of(), "status", "--loads", "3");
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
  void sweep_nothingDead_exits0() throws Exception {
    ForkedJvm.Result result = run(Map.of(), "sweep");
    assertThat(result.code()).as(result.text()).isZero();
    assertThat(result.out()).matches("dropped \\d+ stage tables and \\d+ partitions\n");
  }

  @Test
  void init_administrator_exits0() throws Exception {
    ForkedJvm.Result result =
        run(
            Map.of(
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

  private static void requireNoSecret(ForkedJvm.Result result) {
    List<String> secrets =
        LocalServices.ENVIRONMENT.entrySet().stream()
            .filter(e -> e.getKey().matches("CLICKHOUSE_.*PASSWORD|AWS_SECRET_ACCESS_KEY"))
            .map(Map.Entry::getValue)
            .toList();
    assertThat(secrets).hasSizeGreaterThanOrEqualTo(4).allMatch(secret -> secret.length() > 10);
    assertThat(result.text()).doesNotContain(secrets.toArray(CharSequence[]::new));
  }

  private static ForkedJvm.Result run(Map<String, String> environment, String... arguments)
      throws InterruptedException {
    return run(environment, List.of("-Dspark.master=local[2,4]"), arguments);
  }

  private static ForkedJvm.Result run(
      Map<String, String> environment, List<String> options, String... arguments)
      throws InterruptedException {
    Map<String, String> all = new HashMap<>();
    all.put("EVENTS_URI", services.eventsUri());
    all.put("CLICKHOUSE_USER", LocalServices.ENVIRONMENT.get("CLICKHOUSE_LOADER_USER"));
    all.put("CLICKHOUSE_PASSWORD", LocalServices.ENVIRONMENT.get("CLICKHOUSE_LOADER_PASSWORD"));
    all.putAll(environment);
    return ForkedJvm.run(Main.class, all, options, new ArrayList<>(List.of(arguments)));
  }
}
