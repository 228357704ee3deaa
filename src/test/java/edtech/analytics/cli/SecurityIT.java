package edtech.analytics.cli;

import static edtech.analytics.testing.Events.gzip;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import edtech.analytics.load.LoadReport;
import edtech.analytics.testing.ForkedJvm;
import edtech.analytics.testing.JobJvm;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.SampleDay;
import edtech.analytics.testing.TlsFront;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
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

/** What comes from outside, and who may listen: the job in a JVM of its own. */
class SecurityIT {
  private static final LocalDate EMPTY = LocalDate.of(2007, 3, 1);

  private static LocalServices services;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    services = new LocalServices("security");
  }

  @AfterAll
  static void close() {
    services.close();
  }

  private static URI server() {
    return URI.create(LocalServices.ENVIRONMENT.get("CLICKHOUSE_URL"));
  }

  @Test
  void serverWithATrustedCertificate_isTalkedTo() throws Exception {
    try (TlsFront front = new TlsFront(server(), "dns:localhost", folder)) {
      ForkedJvm.Result result =
          run(Map.of("CLICKHOUSE_URL", front.url()), front.trust(), "status", "--loads", "1");
      assertThat(result.code()).as(result.text()).isZero();
    }
  }

  @Test
  void serverWithAnUnknownCertificate_isNotSentThePassword() throws Exception {
    try (TlsFront front = new TlsFront(server(), "dns:localhost", folder)) {
      requireNotTrusted(front, List.of(), "unable to find valid certification path");
    }
  }

  @Test
  void serverWithTheCertificateOfAnotherHost_isNotSentThePassword() throws Exception {
    try (TlsFront front = new TlsFront(server(), "dns:other.example", folder)) {
      requireNotTrusted(front, front.trust(), "localhost");
    }
  }

  private static void requireNotTrusted(TlsFront front, List<String> options, String why)
      throws InterruptedException {
    ForkedJvm.Result result =
        run(Map.of("CLICKHOUSE_URL", front.url()), options, "status", "--loads", "1");
    assertThat(result.code()).as(result.text()).isEqualTo(1);
    assertThat(result.lastError())
        .startsWith("error: ClickHouse at " + front.url() + " as user loader is not trusted: ")
        .contains(why)
        .endsWith("names in clickhouse.url (CLICKHOUSE_URL)");
  }

  @Test
  void statementsInPrefixSettingsAndUser_areTextAndThatUserIsForgotten() throws Exception {
    LocalDate day = EMPTY.plusDays(5);
    String hostile = "x'; DROP TABLE store.raw_events; -- {a:Identifier} \\\\";
    String user = hostile + "\\t\t\n";
    // What that would be if its backslashes were taken for escapes.
    String another = hostile.substring(0, hostile.length() - 1) + "\t\t\n";
    String prefix = "p'; DROP TABLE store.raw_events; --";
    List<String> lines = new ArrayList<>(List.of(SampleDay.lines(day, "a", 10)));
    lines.add(line(day, user, "task_result", Map.of("task_id", "t", "task_result", hostile)));
    lines.add(line(day, another, "screen_view", Map.of()));
    services.putInto(prefix, day, "a.jsonl", lines.toArray(String[]::new));

    LoadReport report =
        services.load(
            day,
            "events-uri",
            services.eventsUri() + "/" + prefix,
            "success-values",
            hostile,
            "event-types.purchase",
            hostile);

    assertThat(report.load().error()).isEmpty();
    assertThat(
            services.rows(
                "SELECT source_uri FROM ops.loads WHERE load_id = " + report.load().loadId()))
        .extracting(row -> row.getString("source_uri"))
        .containsExactly(services.eventsUri() + "/" + prefix + "/dt=" + day + "/");
    String successes = "SELECT toInt64(countIf(is_success)) FROM raw.task_results WHERE event_date";
    assertThat(services.number(successes + " = '" + day + "'")).isEqualTo(1);
    String events = "SELECT toInt64(count()) FROM raw.events WHERE event_date = '" + day + "'";
    assertThat(services.number(events)).isEqualTo(12);

    services.abandonRunning();
    Path receipt = folder.resolve("receipt.json");
    ForkedJvm.Result forget =
        run(
            Map.of("EVENTS_URI", ""),
            List.of(),
            "forget",
            "--user",
            user,
            "--receipt",
            receipt.toString());

    assertThat(forget.code()).as(forget.text()).isZero();
    assertThat(forget.out()).contains("raw.events 1").contains("S3: delete the user's lines");
    assertThat(forget.text()).doesNotContain(user).doesNotContain(JobJvm.secrets());
    JsonNode removed = new ObjectMapper().readTree(receipt.toFile());
    assertThat(removed.get("rows_removed_from_view").get("raw.events").asLong()).isEqualTo(1);
    assertThat(removed.get("finished_at").isNull()).isFalse();
    assertThat(services.number(events)).isEqualTo(11);
  }

  @Test
  void nameOfAnObject_cannotForgeALine() throws Exception {
    LocalDate day = EMPTY.plusDays(1);
    services.put(day, "x\n2007-03-02  published\u202e.csv", "{}");
    Path summary = folder.resolve("summary.json");
    ForkedJvm.Result result =
        run(Map.of(), List.of(), "load", "--date", day.toString(), "--summary", summary.toString());
    assertThat(result.code()).as(result.text()).isEqualTo(1);
    assertThat(result.lastError()).contains("published<U+202E>.csv has a suffix");
    assertThat(result.text()).doesNotContain("\u202e");
    assertThat(result.text().lines()).noneMatch(line -> line.startsWith("2007-03-02  published"));
    assertThat(Files.readString(summary)).doesNotContain("\u202e");
  }

  @Test
  void linesOfAGigabyteAndBombOfBlankLines_areLoadedInASmallHeap() throws Exception {
    LocalDate day = EMPTY.plusDays(2);
    services.put(day, "a.jsonl", SampleDay.lines(day, "a", 10));
    services.put(day, "long.jsonl.gz", zipped("{\"event_id\":\"", "x".repeat(1 << 20), 1 << 10));
    services.put(day, "plain.jsonl", "x".repeat(200 << 20));
    services.put(day, "blank.jsonl.gz", zipped("", " \n".repeat(1 << 19), 40));
    ForkedJvm.Result result =
        run(
            Map.of("EDTECH_MAX_REJECTED_RATIO", "1"),
            List.of("-Xmx600m"),
            "load",
            "--date",
            day.toString());
    assertThat(result.code()).as(result.text()).isZero();
    assertThat(result.out())
        .contains("accepted 10 + duplicates 0 + rejected 4 + blank 20,971,520")
        .contains("line_too_long 2");
    assertThat(
            services.number(
                "SELECT toInt64(max(length(line))) FROM raw.rejected_events WHERE event_date = '"
                    + day
                    + "'"))
        .isEqualTo(1 << 20);
  }

  @Test
  void textOfEvents_isStoredAsItIs() throws Exception {
    LocalDate day = EMPTY.plusDays(4);
    List<String> hostile =
        List.of(
            "'; DROP TABLE store.raw_events; --",
            "\\'); ALTER TABLE ops.publications DELETE WHERE 1; /*",
            "{name:Identifier} ${jndi:ldap://127.0.0.1:1/x} $(id) `id` %s %n",
            "../../../etc/passwd",
            "\u001b[31m\r\n2007-03-05  published\t\b\u007f\u0085\u202e\u2028",
            "\\N\\0\\x00");
    List<String> lines = new ArrayList<>();
    for (String text : hostile) {
      lines.add(
          line(day, text, "ab_test_assignment", Map.of("ab_test_id", text, "ab_group", text)));
      lines.add(line(day, "t" + text, "task_result", Map.of("task_id", text, "task_result", text)));
    }
    services.put(day, "a.jsonl", lines.toArray(String[]::new));

    LoadReport report = services.load(day);

    assertThat(report.load().error()).isEmpty();
    assertThat(report.load().counts().accepted()).isEqualTo(2 * hostile.size());
    for (String column :
        List.of(
            "raw.events user_id",
            "raw.events session_id",
            "raw.events screen_name",
            "raw.ab_test_assignments event_id",
            "raw.ab_test_assignments ab_group",
            "raw.task_results task_result",
            "staging.user_task_day task_id",
            "marts.daily_ab_assignments ab_test_id")) {
      String[] of = column.split(" ");
      assertThat(
              services
                  .rows(
                      "SELECT DISTINCT %s AS text FROM %s WHERE event_date = '%s'"
                          .formatted(of[1], of[0], day))
                  .stream()
                  .map(row -> row.getString("text")))
          .as(column)
          .containsExactlyInAnyOrderElementsOf(hostile);
    }
  }

  private static String line(LocalDate day, String id, String type, Map<String, String> more)
      throws IOException {
    Map<String, String> event = new HashMap<>(more);
    String text = id.startsWith("t") ? id.substring(1) : id;
    event.put("event_id", id);
    event.put("user_id", text);
    event.put("session_id", text);
    event.put("screen_name", text);
    event.put("event_type", type);
    event.put("event_timestamp", day + "T12:00:00Z");
    return new ObjectMapper().writeValueAsString(event);
  }

  /** A gzip of many members, which are compressed once. */
  private static byte[] zipped(String head, String piece, int times) {
    ByteArrayOutputStream members = new ByteArrayOutputStream();
    members.writeBytes(gzip(head));
    byte[] one = gzip(piece);
    for (int i = 0; i < times; i++) {
      members.writeBytes(one);
    }
    return members.toByteArray();
  }

  @Test
  void secrets_areInNothingThatALoadWrites() throws Exception {
    LocalDate day = EMPTY.plusDays(3);
    services.put(day, "a.jsonl", SampleDay.lines(day, "a", 10));
    ForkedJvm.Result result =
        run(
            Map.of(),
            JobJvm.eventLog(folder),
            "load",
            "--date",
            day.toString(),
            "--debug",
            "--summary",
            folder.resolve("summary.json").toString());
    assertThat(result.code()).as(result.text()).isZero();
    JobJvm.requireNowhere(result, folder, JobJvm.secrets());
  }

  private static ForkedJvm.Result run(
      Map<String, String> environment, List<String> options, String... arguments)
      throws InterruptedException {
    List<String> jvm = new ArrayList<>(List.of("-Dspark.master=local[2,4]"));
    jvm.addAll(options);
    return new JobJvm(services).run(environment, jvm, arguments);
  }
}
