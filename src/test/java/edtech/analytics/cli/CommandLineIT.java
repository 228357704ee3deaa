package edtech.analytics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import edtech.analytics.testing.ForkedJvm;
import edtech.analytics.testing.JobJvm;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.RecordingProxy;
import edtech.analytics.testing.SampleDay;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The commands as an operator runs them: in a JVM of their own where they start Spark, take keys
 * from the process's environment, or end the process with a code; else in this one.
 */
class CommandLineIT {
  /** Published, and without an object since: a load asks S3 before it would start Spark. */
  private static final LocalDate EMPTY = LocalDate.of(2006, 12, 1);

  private static final String NO_CACHE = "spark.hadoop.fs.s3a.impl.disable.cache";

  /** For commands that need no events. */
  private static final Map<String, String> NO_EVENTS = Map.of("EVENTS_URI", "");

  private static LocalServices services;

  /** S3A tries for seconds: it waits while the other tests run. */
  private static CompletableFuture<ForkedJvm.Result> withoutS3;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    services = new LocalServices("command-line");
    services.put(EMPTY, "a.jsonl", SampleDay.lines(EMPTY, "a", 10));
    assertThat(services.load(EMPTY).load().status()).hasToString("published");
    services.clear(EMPTY);
    withoutS3 = CompletableFuture.supplyAsync(() -> forkWithS3At("http://127.0.0.1:1"));
    // Or S3A would go on with the file system, and so the address, of other tests.
    System.setProperty(NO_CACHE, "true");
  }

  @AfterAll
  static void close() {
    System.clearProperty(NO_CACHE);
    withoutS3.join();
    services.close();
  }

  private static ForkedJvm.Result forkWithS3At(String endpoint) {
    try {
      return fork(Map.of("S3_ENDPOINT", endpoint), "load", "--date", EMPTY.toString());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void load_noEvents_exits1AndSaysWhatToDo() {
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

  @ParameterizedTest
  @CsvSource({"loader, wrong-horse", "nobody, wrong-horse", "default, wrong-horse"})
  void load_wrongClickHouseLogin_exits1AndSaysWhatToSet(String user, String password) {
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
  void init_missingRight_exits1AndSaysWhoMay() {
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

  @Test
  void load_otherServerAtClickHouseUrl_exits1AndSaysSo() {
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
  void load_noS3_exits1WithinAMinute() {
    requireNoS3(withoutS3.join(), "http://127.0.0.1:1", "Connection refused; ");
  }

  @Test
  void load_unknownHostOfS3_exits1WithinAMinute() {
    String endpoint = "http://no-such-host.invalid";
    requireNoS3(
        run(Map.of("S3_ENDPOINT", endpoint), "load", "--date", EMPTY.toString()),
        endpoint,
        "no-such-host.invalid; no such host: ");
  }

  private static void requireNoS3(ForkedJvm.Result result, String endpoint, String reason) {
    requireNotListed(
        result,
        services.eventsUri(),
        endpoint,
        reason
            + "set s3.endpoint (S3_ENDPOINT) to the address of an S3 that is up, or to nothing for"
            + " Amazon's, and events-uri (EVENTS_URI) to a bucket in it");
  }

  @Test
  void load_otherServerAtS3Endpoint_isNotTakenForAnEmptyDay() {
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
  void load_noSuchBucket_exits1AndNamesIt() {
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

  @Test
  void load_wrongS3Key_exits1WithinSeconds() throws Exception {
    ForkedJvm.Result result =
        fork(Map.of("AWS_SECRET_ACCESS_KEY", "wrong-staple"), "load", "--date", EMPTY.toString());
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
  void load_schemaMissing_exits1AndNamesInit() {
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

  /** With a proxy, which is not for this machine. */
  @Test
  void backfill_oneDayFails_publishesTheOthersAndListsIt() throws Exception {
    LocalDate from = LocalDate.of(2006, 3, 1);
    services.put(from, "a.jsonl", SampleDay.lines(from, "a", 20));
    services.put(from.plusDays(2), "a.jsonl", SampleDay.lines(from.plusDays(2), "c", 30));
    Path summary = folder.resolve("new/summary.json");
    ForkedJvm.Result result;
    try (RecordingProxy proxy = new RecordingProxy()) {
      result =
          fork(
              proxy.environment(),
              "backfill",
              "--from",
              "2006-03-01",
              "--to",
              "2006-03-03",
              "--summary",
              summary.toString());
      assertThat(proxy.requests()).as("of servers on this machine").isEmpty();
    }
    requireFailure(
        result,
        1,
        "error: 1 of 3 days were not loaded: 2006-03-02; fix the errors above, then rerun");
    assertThat(result.err())
        .containsOnlyOnce("no line below " + services.eventsUri() + "/dt=2006-03-02/: ")
        .containsPattern("(?m)^2006-03-02  failed .* s  no line below ");
    assertThat(result.out()).doesNotContain("no line below");
    assertThat(result.out()).contains("3 of 3 days, 50 events, ").contains("published=2");

    JsonNode days = new ObjectMapper().readTree(summary.toFile());
    assertThat(days).hasSize(3);
    assertThat(days.findValuesAsText("status")).containsExactly("published", "failed", "published");
    JsonNode first = days.get(0);
    assertThat(first.get("event_date").asText()).isEqualTo("2006-03-01");
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
                "SELECT count() FROM raw.events WHERE event_date BETWEEN '2006-03-01' AND"
                    + " '2006-03-03'"))
        .isEqualTo(50);
  }

  @Test
  void load_unchangedDay_needsNoSpark() throws Exception {
    LocalDate day = LocalDate.of(2006, 4, 1);
    services.put(day, "a.jsonl", SampleDay.lines(day, "a", 20));
    assertThat(services.load(day).load().status()).hasToString("published");
    List<String> noSpark = List.of("-Dspark.master=nowhere");
    ForkedJvm.Result skipped =
        new JobJvm(services).run(Map.of(), noSpark, "load", "--date", day.toString());
    assertThat(skipped.code()).as(skipped.text()).isZero();
    assertThat(skipped.out())
        .contains(day + "  skipped  load ")
        .contains("  unchanged since it was published; --force loads it again\n");
    assertThat(skipped.err().lines().filter(line -> line.startsWith("error"))).isEmpty();
    requireNoSecret(skipped);

    ForkedJvm.Result forced =
        new JobJvm(services).run(Map.of(), noSpark, "load", "--date", day.toString(), "--force");
    assertThat(forced.lastError())
        .startsWith("error: " + day + " was not loaded: ")
        .contains("nowhere");
    requireFailure(forced, 1, forced.lastError());
  }

  @Test
  void rolledBackDay_isShownByStatusAndHeldByLoad() {
    LocalDate first = LocalDate.of(2006, 6, 1);
    LocalDate held = LocalDate.of(2006, 6, 3);
    for (LocalDate day : List.of(first, held)) {
      services.put(day, "a.jsonl", SampleDay.lines(day, "a", 20));
      assertThat(services.load(day).load().status()).hasToString("published");
    }
    long load =
        services.number(
            "SELECT toInt64(max(load_id)) FROM ops.publications WHERE event_date = '2006-06-03'");
    services.put(held, "a.jsonl", SampleDay.lines(held, "b", 30));
    assertThat(services.load(held).load().status()).hasToString("published");
    ForkedJvm.Result rollback = run(NO_EVENTS, "rollback", "--date", held.toString());
    assertThat(rollback.code()).as(rollback.text()).isZero();
    assertThat(rollback.out())
        .isEqualTo(
            "2006-06-03 shows load " + load + " again and is held there: --force loads it anew\n");

    Path metrics = folder.resolve("edtech.prom");
    ForkedJvm.Result again =
        run(Map.of(), "load", "--date", held.toString(), "--set", "metrics-file=" + metrics);
    requireFailure(
        again,
        3,
        "error: 2006-06-03 is held: 2006-06-03 was rolled back to load "
            + load
            + " and is held there: --force loads it again");
    assertThat(metrics).content().contains("edtech_load_days{status=\"held\"} 1.0\n");

    LocalDate withdrawn = LocalDate.of(2006, 6, 5);
    services.put(withdrawn, "a.jsonl", SampleDay.lines(withdrawn, "a", 20));
    long shown = services.load(withdrawn).load().loadId();
    assertThat(run(NO_EVENTS, "withdraw", "--date", withdrawn.toString()).out())
        .isEqualTo(
            "2006-06-05 is withdrawn: rollback shows load "
                + shown
                + " again, --force loads it anew; run dbt for the history marts\n");

    ForkedJvm.Result status = run(NO_EVENTS, "status", "--loads", "3");
    assertThat(status.code()).as(status.text()).isZero();
    assertThat(status.out())
        .containsPattern("(?m)^published: \\d+ days, \\d{4}-\\d\\d-\\d\\d to \\d{4}-\\d\\d-\\d\\d$")
        .containsPattern("(?m)^missing:   .*\\b2006-06-02\\b")
        .containsPattern("(?m)^withdrawn: .*2006-06-05")
        .containsPattern("(?m)^held:      .*2006-06-03 at load " + load + ".* \\(rolled back\\)$")
        .containsPattern("(?m)^last loads \\(UTC\\):(\\n  .*){3}$");
    requireNoSecret(status);

    ForkedJvm.Result unknown = run(NO_EVENTS, "rollback", "--date", held + "", "--load-id", "42");
    assertThat(unknown.lastError())
        .startsWith("error: load 42 was never published for 2006-06-03; ");
    requireFailure(unknown, 1, unknown.lastError());
  }

  @Test
  void forget_userOfNoLoad_exits1AndSaysSo() {
    services.abandonRunning();
    requireFailure(
        run(NO_EVENTS, "forget", "--user", "nobody-" + System.nanoTime()),
        1,
        "error: no load holds a user with this id, so nothing was removed: check the id, as it is"
            + " written in the events; loads leave it out from now on");
  }

  @Test
  void forget_argumentThatAnotherLocaleHasCut_exits2AndForgetsNobody() throws Exception {
    requireFailure(
        fork(Map.of("LC_ALL", "C"), "forget", "--user", "Ömer"),
        2,
        "error: argument 3 (--user) may have lost characters, since this process reads"
            + " ANSI_X3.4-1968: set LC_ALL=C.UTF-8");
  }

  @Test
  void sweep_nothingDead_exits0() {
    ForkedJvm.Result result = run(NO_EVENTS, "sweep");
    assertThat(result.code()).as(result.text()).isZero();
    assertThat(result.out()).matches("dropped \\d+ stage tables and \\d+ partitions\n");
  }

  @Test
  void init_administrator_exits0() {
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

  private static void requireFailure(ForkedJvm.Result result, int code, String lastLine) {
    result.requireFailure(code, lastLine);
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

  private static ForkedJvm.Result run(Map<String, String> environment, String... arguments) {
    return new JobJvm(services).runHere(environment, arguments);
  }

  /** In a country whose digits are not ASCII's. */
  private static ForkedJvm.Result fork(Map<String, String> environment, String... arguments)
      throws InterruptedException {
    return new JobJvm(services)
        .run(
            environment,
            List.of("-Dspark.master=local[2,4]", "-Duser.language=ar", "-Duser.country=EG"),
            arguments);
  }
}
