package edtech.analytics.load;

import static edtech.analytics.testing.Events.gzip;
import static edtech.analytics.testing.Events.open;
import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.testing.AtStep;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.ReadBack;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a load refuses, in which words, and that the day then keeps what it had. */
class RefusedLoadIT {
  /** Published once; every refused load is one of this day. */
  private static final LocalDate DAY = LocalDate.of(2012, 1, 1);

  private static final String NOON = "2012-01-01T12:00:00Z";
  private static final String BAD = "no json";

  private static LocalServices services;
  private static ReadBack readBack;
  private static Map<String, String> content;

  @BeforeAll
  static void publishTheDay() {
    services = new LocalServices("refused-load");
    readBack = new ReadBack(services);
    services.put(DAY, "a.jsonl", open("first", NOON), BAD, open("second", NOON));
    assertThat(services.load(DAY).load().status()).hasToString("published");
    content = readBack.contentWithRejected(DAY);
    assertThat(content.get("raw.events")).startsWith("2:");
    assertThat(content.get("raw.rejected_events")).startsWith("1:");
  }

  @AfterAll
  static void close() {
    services.close();
  }

  @BeforeEach
  void clear() {
    services.clear(DAY);
  }

  private static LoadReport requireRefused(LoadReport report, String message) {
    assertThat(report.load().error()).isEqualTo(message);
    assertThat(report.load().status()).hasToString("failed");
    assertThat(report.isVisible()).isFalse();
    assertThat(readBack.load(report))
        .isEqualTo("failed: " + message + ": " + ReadBack.text(report.load().counts()));
    assertThat(readBack.contentWithRejected(DAY)).isEqualTo(content);
    assertThat(
            services.number(
                "SELECT count() FROM system.tables WHERE database = 'stage' AND name LIKE '%"
                    + report.load().loadId()
                    + "'"))
        .isZero();
    assertThat(
            services.number(
                "SELECT count() FROM ops.publications WHERE load_id = " + report.load().loadId()))
        .isZero();
    return report;
  }

  private static ReadBack.Rejected malformed(String name) {
    return new ReadBack.Rejected("malformed_json", "", "dt=" + DAY + "/" + name, "text", BAD);
  }

  private static String[] lines(int good, int bad) {
    return Stream.concat(
            Stream.iterate(0, i -> i + 1).limit(good).map(i -> open("e" + i, NOON)),
            Stream.generate(() -> BAD).limit(bad))
        .toArray(String[]::new);
  }

  private static String[] outside(int good, int outside) {
    return Stream.concat(
            Stream.of(lines(good, 0)),
            Stream.generate(() -> open("o", "2012-01-09T12:00:00Z")).limit(outside))
        .toArray(String[]::new);
  }

  @Test
  void noObject_isRefused() {
    services.put(DAY, "_SUCCESS", "");
    requireRefused(
        services.load(DAY),
        "no line below "
            + services.uri(DAY, "")
            + ": upload the day's events, or set allow-empty-day=true to publish the day with"
            + " zeros");
  }

  @Test
  void emptyObjectsOnly_areRefused() {
    services.put(DAY, "a.jsonl", new byte[0]);
    services.put(DAY, "b.jsonl.gz", gzip(""));
    services.put(DAY, "c.jsonl.gz", new byte[0]);
    requireRefused(
        services.load(DAY),
        "no line below "
            + services.uri(DAY, "")
            + ": upload the day's events, or set allow-empty-day=true to publish the day with"
            + " zeros");
  }

  @Test
  void blankLinesOnly_areRefused() {
    services.put(DAY, "a.jsonl", "", " \u3000", "\t");
    requireRefused(
        services.load(DAY),
        "only blank lines (3) below "
            + services.uri(DAY, "")
            + ": upload the day's events, or set allow-empty-day=true to publish the day with"
            + " zeros");
  }

  @Test
  void emptyDay_allowed_isPublishedWithZeros() {
    LocalDate noObject = LocalDate.of(2012, 2, 1);
    LocalDate blank = LocalDate.of(2012, 2, 2);
    services.put(noObject, "a.jsonl", open("e", "2012-02-01T12:00:00Z"));
    assertThat(services.load(noObject).load().counts().accepted()).isEqualTo(1);
    services.clear(noObject);
    services.put(blank, "a.jsonl", "", " ");
    for (LocalDate day : List.of(noObject, blank)) {
      LoadReport report = services.load(day, "allow-empty-day", "true");
      assertThat(report.load().error()).isEmpty();
      assertThat(report.load().status()).hasToString("published");
      // The daily marts have a row of zeros.
      Map<String, Long> rows = new HashMap<>(report.load().rowsByTable());
      for (String mart : List.of("daily_activity", "daily_task_results", "daily_revenue")) {
        assertThat(rows.remove("marts." + mart)).isEqualTo(1);
      }
      assertThat(rows).hasSize(14).allSatisfy((t, n) -> assertThat(n).isZero());
      assertThat(readBack.contentWithRejected(day))
          .allSatisfy(
              (table, checksum) ->
                  assertThat(checksum).startsWith(rows.containsKey(table) ? "0:" : "1:"));
      assertThat(readBack.load(report))
          .isEqualTo("published: : " + ReadBack.text(report.load().counts()));
    }
  }

  /** Objects that are not what their name says. */
  enum Broken {
    TRUNCATED_GZIP("b.jsonl.gz", Arrays.copyOf(zipped(), zipped().length - 9)),
    ZERO_AFTER_GZIP("b.json.gz", Arrays.copyOf(zipped(), zipped().length + 1)),
    GZIP_NAMED_PLAIN("b.jsonl", zipped());

    private final String name;
    private final byte[] content;

    Broken(String name, byte[] content) {
      this.name = name;
      this.content = content;
    }

    private static byte[] zipped() {
      return gzip(open("e", NOON) + "\n" + BAD + "\n");
    }

    private String message() {
      String uri = services.uri(DAY, "");
      return switch (this) {
        case TRUNCATED_GZIP ->
            "object "
                + uri
                + "b.jsonl.gz is not valid gzip to its last byte (it ends too early): upload it"
                + " again";
        case ZERO_AFTER_GZIP ->
            "object "
                + uri
                + "b.json.gz is not valid gzip to its last byte (it ends at byte "
                + zipped().length
                + " of "
                + content.length
                + ", and something else follows that begins with 00): upload it again without that";
        case GZIP_NAMED_PLAIN ->
            "object "
                + uri
                + "b.jsonl is compressed, but its name says it is not: rename gzip to .jsonl.gz; write"
                + " zstd again as gzip or plain text";
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void brokenObject_isRefused(Broken broken) {
    services.put(DAY, "a.jsonl", open("other", NOON));
    services.put(DAY, broken.name, broken.content);
    requireRefused(services.load(DAY), broken.message());
  }

  @Test
  void otherSuffix_isRefused() {
    services.put(DAY, "a.jsonl", open("other", NOON));
    services.put(DAY, "x/b.csv", open("e", NOON));
    requireRefused(
        services.load(DAY),
        "object "
            + services.uri(DAY, "x/b.csv")
            + " has a suffix that the job does not read: remove it, hide it with a leading _ or ., or"
            + " rename it to one of .jsonl, .json, .jsonl.gz, .json.gz");
  }

  @Test
  void rejectedLines_overBothLimits_areRefusedAndShown() {
    services.put(DAY, "a.jsonl", lines(53, 6));
    services.put(DAY, "b.jsonl", "", " ");
    LoadReport report =
        requireRefused(
            services.load(DAY, "max-rejected-ratio", "0.1", "max-rejected-lines", "5"),
            "6 of 59 lines are rejected, over max-rejected-ratio=0.1 and max-rejected-lines=5"
                + " (malformed_json 6): look at ops.rejected_events for this load, fix the events,"
                + " or raise the limit");
    assertThat(readBack.rejectedOf(report)).hasSize(6).containsOnly(malformed("a.jsonl"));
    assertThat(readBack.objects(report))
        .isEqualTo(
            Map.of(
                "dt=2012-01-01/a.jsonl",
                "lines 59 blank 0 accepted 53 duplicates 0 rejected 6 other_day 0 late 0"
                    + " {'malformed_json':6}",
                "dt=2012-01-01/b.jsonl",
                "lines 2 blank 2 accepted 0 duplicates 0 rejected 0 other_day 0 late 0 {}"));
  }

  @Test
  void outsideDayLines_overBothLimits_areRefusedAndShown() {
    services.put(DAY, "a.jsonl", outside(23, 6));
    LoadReport report =
        requireRefused(
            services.load(DAY, "max-rejected-ratio", "0", "max-rejected-lines", "5"),
            "6 of 29 lines are of other days than dt=2012-01-01, over max-outside-day-ratio=0.2 and"
                + " max-rejected-lines=5 (outside_day event_timestamp 6; the first outside_day line has"
                + " the keys event_id, user_id, event_type, event_timestamp): look at"
                + " ops.rejected_events for this load, fix the events, or raise the limit");
    assertThat(readBack.rejectedOf(report))
        .hasSize(6)
        .containsOnly(
            new ReadBack.Rejected(
                "outside_day",
                "event_timestamp",
                "dt=2012-01-01/a.jsonl",
                "text",
                open("o", "2012-01-09T12:00:00Z")));
  }

  @Test
  void lines_atALimit_arePublished() {
    LocalDate day = LocalDate.of(2012, 2, 3);
    String[][] atLimit = {
      // ratio 6/60 equal, 6 lines over 5
      {"54", "6", "0", "max-rejected-ratio", "0.1", "max-rejected-lines", "5"},
      // 6 lines equal, ratio over
      {"10", "6", "0", "max-rejected-ratio", "0.1", "max-rejected-lines", "6"},
      // three tenths of 10 is not below 3
      {"7", "3", "0", "max-rejected-ratio", "0.3", "max-rejected-lines", "0"},
      // outside_day has limits of its own
      {"24", "0", "6", "max-rejected-ratio", "0", "max-rejected-lines", "5"},
      {"1", "0", "6", "max-rejected-ratio", "0", "max-rejected-lines", "6"},
    };
    for (String[] one : atLimit) {
      int outside = Integer.parseInt(one[2]);
      String[] lines =
          Stream.concat(
                  Stream.of(lines(Integer.parseInt(one[0]), Integer.parseInt(one[1]))),
                  Stream.generate(() -> open("o", "2012-01-09T12:00:00Z")).limit(outside))
              .map(line -> line.replace("2012-01-01", "2012-02-03"))
              .toArray(String[]::new);
      services.put(day, "a.jsonl", lines);
      LoadReport report = services.load(day, Arrays.copyOfRange(one, 3, one.length));
      assertThat(report.load().error()).isEmpty();
      assertThat(report.load().status()).hasToString("published");
      assertThat(report.load().counts().rejected()).isEqualTo(Integer.parseInt(one[1]) + outside);
    }
  }

  @Test
  void smallFirstTry_thatIsMostlyWrong_isRefusedWithFieldsAndKeys() {
    String noUser = "{\"event_id\":\"%d\",\"event\":\"open\",\"uid\":\"u\"}";
    String noType =
        "{\"event_id\":\"%d\",\"user_id\":\"u\",\"event\":\"open\",\"pupil@example.org\":1}";
    Stream<String> wrong =
        Stream.concat(
            IntStream.range(0, 5).mapToObj(noType::formatted),
            IntStream.range(5, 14).mapToObj(noUser::formatted));
    services.put(
        DAY, "a.jsonl", Stream.concat(wrong, Stream.of(lines(30, 1))).toArray(String[]::new));
    requireRefused(
        services.load(DAY, "max-rejected-ratio-of-any-day", "0.2"),
        "15 of 45 lines are rejected, over max-rejected-ratio-of-any-day=0.2 (missing_field user_id"
            + " 9, event_type 5; malformed_json 1; the first missing_field line has the keys"
            + " event_id, user_id, event and 1 that are no names): look at ops.rejected_events for this load, fix the"
            + " events, or raise the limit");
  }

  @Test
  void noEventAccepted_isRefusedAndShown() {
    services.put(DAY, "a.jsonl", BAD, "", open("o", "2012-01-09T12:00:00Z"));
    LoadReport report =
        requireRefused(
            services.load(DAY),
            "no event of 2012-01-01 is accepted: of 2 lines below "
                + services.uri(DAY, "")
                + " that are not blank, 2 are rejected (malformed_json 1; outside_day"
                + " event_timestamp 1) and 0 are of other days; look at ops.rejected_events");
    assertThat(readBack.rejectedOf(report)).hasSize(2).contains(malformed("a.jsonl"));
  }

  @Test
  void mappingThatFindsNoUser_isRefusedWithThePathsThatWereTried() {
    services.put(DAY, "a.jsonl", open("e", NOON), open("f", NOON));
    LoadReport report = services.load(DAY, "source.fields.user_id", "userId,traits.id");
    assertThat(report.load().error())
        .startsWith("no event of 2012-01-01 is accepted: of 2 lines below ")
        .contains(
            ", 2 are rejected (missing_field user_id 2; the first missing_field line has the keys"
                + " event_id, user_id, event_type, event_timestamp; 2 lines have no user_id:"
                + " source.fields.user_id was looked for at userId, traits.id) and 0 are of other"
                + " days;");
  }

  @Test
  void objectWithoutAnyEvent_isRefusedAndShown() {
    services.put(DAY, "a.jsonl", lines(60, 0));
    services.put(DAY, "b.jsonl", lines(0, 12));
    LoadReport report =
        requireRefused(
            services.load(DAY),
            "none of the 12 lines of "
                + services.uri(DAY, "b.jsonl")
                + " is an event ({malformed_json=12}): upload it again as one JSON object a line,"
                + " in UTF-8, or hide it with a leading _; ops.rejected_events has its lines");
    assertThat(readBack.rejectedOf(report)).hasSize(12).containsOnly(malformed("b.jsonl"));
  }

  @Test
  void objectReplacedBetweenListingAndReading_isRefused() {
    services.put(DAY, "a.jsonl", open("e", NOON));
    requireRefused(
        services.load(
            DAY, new AtStep(Step.READ, () -> services.put(DAY, "a.jsonl", open("f", NOON)))),
        services.changedMessage(DAY, "a.jsonl"));
  }

  @Test
  void gzipReplacedBetweenListingAndReading_isRefused() {
    services.put(DAY, "a.jsonl.gz", gzip(open("e", NOON)));
    requireRefused(
        services.load(
            DAY, new AtStep(Step.READ, () -> services.put(DAY, "a.jsonl.gz", new byte[0]))),
        services.changedMessage(DAY, "a.jsonl.gz"));
  }

  @Test
  void objectRemovedBetweenListingAndReading_isRefused() {
    services.put(DAY, "a.jsonl", open("e", NOON));
    services.put(DAY, "b.jsonl", open("f", NOON));
    requireRefused(
        services.load(DAY, new AtStep(Step.READ, () -> services.remove(DAY, "b.jsonl"))),
        services.changedMessage(DAY, "b.jsonl"));
  }

  private static String changedWhileLoading(String name) {
    return "objects changed while 2012-01-01 was loaded, 1 of them, such as "
        + services.uri(DAY, name)
        + ": load the day again when its objects are final";
  }

  @Test
  void objectAddedWhileLoading_isRefused() {
    services.put(DAY, "a.jsonl", open("e", NOON), BAD);
    LoadReport report =
        requireRefused(
            services.load(
                DAY, new AtStep(Step.WRITE, () -> services.put(DAY, "b.jsonl", open("f", NOON)))),
            changedWhileLoading("b.jsonl"));
    assertThat(readBack.rejectedOf(report)).containsExactly(malformed("a.jsonl"));
  }

  @Test
  void objectReplacedWhileLoading_isRefused() {
    services.put(DAY, "a.jsonl", open("e", NOON), BAD);
    LoadReport report =
        requireRefused(
            services.load(
                DAY, new AtStep(Step.PUBLISH, () -> services.put(DAY, "a.jsonl", open("f", NOON)))),
            changedWhileLoading("a.jsonl"));
    assertThat(readBack.rejectedOf(report)).containsExactly(malformed("a.jsonl"));
  }

  @Test
  void objectRemovedWhileLoading_isRefused() {
    services.put(DAY, "a.jsonl", open("e", NOON), BAD);
    services.put(DAY, "b.jsonl", open("f", NOON));
    LoadReport report =
        requireRefused(
            services.load(DAY, new AtStep(Step.CHECK, () -> services.remove(DAY, "b.jsonl"))),
            changedWhileLoading("b.jsonl"));
    assertThat(readBack.rejectedOf(report)).containsExactly(malformed("a.jsonl"));
  }

  @Test
  void equalContentUploadedAgainWhileLoading_isPublished() {
    LocalDate day = LocalDate.of(2012, 2, 4);
    String line = open("e", "2012-02-04T12:00:00Z");
    services.put(day, "a.jsonl", line);
    LoadReport report =
        services.load(day, new AtStep(Step.READ, () -> services.put(day, "a.jsonl", line)));
    assertThat(report.load().error()).isEmpty();
    assertThat(report.load().status()).hasToString("published");
  }
}
