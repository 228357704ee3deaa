package edtech.analytics.load;

import static edtech.analytics.testing.Events.bytes;
import static edtech.analytics.testing.Events.concat;
import static edtech.analytics.testing.Events.event;
import static edtech.analytics.testing.Events.gzip;
import static edtech.analytics.testing.Events.open;
import static edtech.analytics.testing.Events.quoted;
import static edtech.analytics.testing.Events.sha256;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.clickhouse.store.LineCounts;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.ReadBack;
import java.io.ByteArrayOutputStream;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Where each line of a day ends, through the whole job: the tables, the report, the ledger. */
class RejectedLinesIT {
  private static final int MAX_LINE_BYTES = 2048;
  private static final String[] SETTINGS = {
    "max-line-bytes", String.valueOf(MAX_LINE_BYTES), "max-rejected-lines", "1000"
  };

  private static LocalServices services;
  private static ReadBack readBack;

  @BeforeAll
  static void start() {
    services = new LocalServices("rejected-lines");
    readBack = new ReadBack(services);
  }

  @AfterAll
  static void close() {
    services.close();
  }

  /** One file under construction, and the rejected lines that are to come of it. */
  private static final class File {
    private final String name;
    private final LocalDate date;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private final List<ReadBack.Rejected> rejected = new ArrayList<>();
    private long lines;

    private File(LocalDate date, String name) {
      this.date = date;
      this.name = name;
    }

    private void good(String... all) {
      for (String line : all) {
        write(line.getBytes(UTF_8));
      }
    }

    private void bad(String reason, String detail, String... all) {
      for (String line : all) {
        write(line.getBytes(UTF_8));
        expect(reason, detail, "text", line);
      }
    }

    /** Lines that are no text, given as latin1, expected as base64. */
    private void binary(String reason, String... latin1) {
      for (String line : latin1) {
        write(bytes(line));
        expect(reason, "", "base64", Base64.getEncoder().encodeToString(bytes(line)));
      }
    }

    private void write(byte[] line) {
      content.writeBytes(line);
      content.write('\n');
      lines++;
    }

    private void expect(String reason, String detail, String encoding, String stored) {
      rejected.add(
          new ReadBack.Rejected(reason, detail, "dt=" + date + "/" + name, encoding, stored));
    }

    private void put() {
      services.put(date, name, content.toByteArray());
    }

    private LineCounts counts(long blank, long accepted, long duplicates) {
      Map<String, Long> reasons = new HashMap<>();
      rejected.forEach(line -> reasons.merge(line.reason(), 1L, Long::sum));
      return new LineCounts(lines, blank, 0, accepted, duplicates, rejected.size(), 0, 0, reasons);
    }
  }

  @Test
  void everyReason_isStoredWithItsLineAndCounted() {
    LocalDate day = LocalDate.of(2011, 3, 1);
    File file = new File(day, "all.jsonl");
    for (int i = 0; i < 20; i++) {
      file.good(open("good" + i, "2011-03-01T10:00:00Z"));
    }
    addOneOfEach(file);
    file.put();

    LoadReport report = services.load(day, SETTINGS);

    LineCounts expected = file.counts(0, 21, 1);
    assertThat(report.load().error()).isEmpty();
    assertThat(report.load().status()).hasToString("published");
    assertThat(readBack.rejected(day)).containsExactlyInAnyOrderElementsOf(file.rejected);
    assertThat(readBack.rejectedOf(report)).containsExactlyInAnyOrderElementsOf(file.rejected);
    assertThat(report.load().counts()).isEqualTo(expected);
    assertThat(expected.rejectedByReason()).hasSize(12);
    assertThat(readBack.load(report)).isEqualTo("published: : " + ReadBack.text(expected));
    assertThat(readBack.objects(report))
        .containsExactly(Map.entry("dt=" + day + "/all.jsonl", ReadBack.text(expected)));
    assertThat(report.load().rowsByTable())
        .containsEntry("raw.events", 21L)
        .containsEntry("raw.rejected_events", (long) file.rejected.size());
    assertThat(readBack.rows("raw.events", day, "event_id"))
        .hasSize(21)
        .allMatch(id -> id.startsWith("good"));
  }

  /** Of each reason a line, and one for each way to store a line; the rules are in input.line. */
  private static void addOneOfEach(File file) {
    String time = "2011-03-01T10:00:00Z";
    String line = open("x", time);
    file.write("y".repeat(300_000).getBytes(UTF_8));
    file.expect("line_too_long", "", "text", "y".repeat(MAX_LINE_BYTES));
    file.write(("z".repeat(MAX_LINE_BYTES - 2) + "😀 and more").getBytes(UTF_8));
    file.expect("line_too_long", "", "text", "z".repeat(MAX_LINE_BYTES - 2));
    byte[] noText = new byte[MAX_LINE_BYTES + 1];
    Arrays.fill(noText, (byte) 'a');
    noText[0] = (byte) 0xFF;
    file.write(noText);
    file.expect(
        "line_too_long",
        "",
        "base64",
        Base64.getEncoder().encodeToString(Arrays.copyOf(noText, MAX_LINE_BYTES)));
    file.binary("invalid_encoding", "{\"event_id\":\"\u00ff\"}", "{\"event_id\":\"\\ud800\"}");
    file.bad("malformed_json", "", "no json", "\0", line + "\r" + line);
    file.bad("duplicate_key", "user_id", line.replace("}", ",\"user_id\":\"u1\"}"));
    file.bad("duplicate_key", "", line.replace("}", ",\"a\":1,\"a\":1}"));
    file.bad("missing_field", "event_id", "{}");
    file.bad("missing_field", "purchase_amount", event("1", "u1", "purchase", quoted(time), ""));
    file.bad("invalid_type", "session_id", line.replace("}", ",\"session_id\":1.5}"));
    file.bad("invalid_timestamp", "event_timestamp", open("x", "2011-02-29T10:00:00Z"));
    file.bad("timestamp_out_of_range", "event_timestamp", open("x", "2100-01-01T00:00:00Z"));
    file.bad(
        "outside_day",
        "event_timestamp",
        open("x", "2011-02-28T23:59:59.999999999Z"),
        open("x", "2011-03-02 00:00:00"));
    String purchase = event("1", "u1", "purchase", quoted(time), "\"purchase_amount\":");
    file.bad("invalid_amount", "purchase_amount", purchase.replace("}", "\"1,5\"}"));
    file.bad("unsupported_currency", "currency", purchase.replace("}", "1,\"currency\":\"EUR\"}"));
    file.good(open("good-conflict", "2011-03-01T09:00:00Z"));
    file.good(open("good-conflict", "2011-03-01T09:00:00.000000999Z"));
    file.bad(
        "conflicting_duplicate", "event_id", open("good-conflict", "2011-03-01T09:00:00.000001Z"));
  }

  @Test
  void everyKindOfEvent_hasItsColumns() {
    LocalDate day = LocalDate.of(2011, 3, 2);
    services.put(
        day,
        "kinds.jsonl",
        event(
            "17",
            "u1",
            "page.view-1_A",
            quoted("2011-03-02T01:00:00.123456789+01:00"),
            "\"session_id\":42,\"platform\":\"ios\",\"screen_name\":\"h|é\",\"course_id\":\"c-7\","
                + "\"z\":1.50,\"a\":{\"y\":[1, null ],\"b\":\"\\u00e9\"},\"purchase_amount\":\"x\""),
        event("-0", "u2", "open", "1299024000001", "\"session_id\":\" \",\"platform\":null"),
        event(
            quoted("p1"),
            "u1",
            "purchase",
            quoted("2011-03-02 10:00:00.5"),
            "\"purchase_amount\":1.500,\"session_id\":\"42\",\"task_id\":7"),
        event(
            quoted("p2"),
            "u1",
            "purchase",
            quoted("2011-03-02T10:00:00-0530"),
            "\"purchase_amount\":\"-999999999999.99\",\"currency\":\"usd\""),
        event(
            quoted("p3"),
            "u2",
            "purchase",
            quoted("2011-03-02T23:59:59.999999999"),
            "\"purchase_amount\":1e2,\"currency\":\"\""),
        event(
            quoted("t1"),
            "u1",
            "task_result",
            quoted("2011-03-02T00:30:00Z"),
            "\"task_id\":5,\"task_result\":\"success\",\"session_id\":\"42\","
                + "\"course_id\":\"c-7\",\"lesson_id\":3"),
        event(
            quoted("t2"),
            "u2",
            "task_result",
            quoted("2011-03-02T00:30:01Z"),
            "\"task_id\":\"five\",\"task_result\":\"Success\",\"session_id\":\"42\""),
        event(
            quoted("a1"),
            "u1",
            "ab_test_assignment",
            quoted("2011-03-02T00:00:00Z"),
            "\"ab_test_id\":9,\"ab_group\":2"),
        event(
            quoted("a2"),
            "u1",
            "ab_test_assignment",
            quoted("2011-03-02T00:00:01Z"),
            "\"ab_test_id\":\"t\",\"ab_group\":\" \""),
        event(
            quoted("a3"),
            "u2",
            "ab_test_assignment",
            quoted("2011-03-02T00:00:02Z"),
            "\"ab_test_id\":\"t\""));

    LoadReport report = services.load(day);

    assertThat(report.load().error()).isEmpty();
    assertThat(report.load().status()).hasToString("published");
    assertThat(readBack.rawRows("raw.events", day))
        .containsExactlyInAnyOrder(
            "17|2011-03-02 00:00:00.123456|u1|42|page.view-1_A|ios|h|é|c-7||"
                + "{\"a\":{\"b\":\"é\",\"y\":[1,null]},\"purchase_amount\":\"x\",\"z\":1.50}",
            "0|2011-03-02 00:00:00.001000|u2||open|||||",
            "p1|2011-03-02 10:00:00.500000|u1|42|purchase|||||{\"task_id\":7}",
            "p2|2011-03-02 15:30:00.000000|u1||purchase|||||",
            "p3|2011-03-02 23:59:59.999999|u2||purchase|||||",
            "t1|2011-03-02 00:30:00.000000|u1|42|task_result|||c-7|3|",
            "t2|2011-03-02 00:30:01.000000|u2|42|task_result|||||",
            "a1|2011-03-02 00:00:00.000000|u1||ab_test_assignment|||||",
            "a2|2011-03-02 00:00:01.000000|u1||ab_test_assignment|||||",
            "a3|2011-03-02 00:00:02.000000|u2||ab_test_assignment|||||");
    assertThat(readBack.rawRows("raw.purchases", day))
        .containsExactlyInAnyOrder(
            "p1|2011-03-02 10:00:00.500000|u1|42|1.5|USD",
            "p2|2011-03-02 15:30:00.000000|u1||-999999999999.99|USD",
            "p3|2011-03-02 23:59:59.999999|u2||100|USD");
    assertThat(readBack.rawRows("raw.task_results", day))
        .containsExactlyInAnyOrder(
            "t1|2011-03-02 00:30:00.000000|u1|42|5|success|true|c-7|3",
            "t2|2011-03-02 00:30:01.000000|u2|42|five|Success|false||");
    assertThat(readBack.rawRows("raw.ab_test_assignments", day))
        .containsExactlyInAnyOrder(
            "a1|2011-03-02 00:00:00.000000|u1|9|2",
            "a2|2011-03-02 00:00:01.000000|u1|t|",
            "a3|2011-03-02 00:00:02.000000|u2|t|");
    assertThat(readBack.rawRows("raw.sessions", day))
        .containsExactlyInAnyOrder(
            "42|u1|2011-03-02 00:00:00.123456|2011-03-02 10:00:00.500000|3",
            "42|u2|2011-03-02 00:30:01.000000|2011-03-02 00:30:01.000000|1");
    assertThat(report.load().rowsByTable())
        .containsAllEntriesOf(
            Map.of(
                "raw.events", 10L,
                "raw.purchases", 3L,
                "raw.task_results", 2L,
                "raw.ab_test_assignments", 3L,
                "raw.sessions", 2L,
                "raw.rejected_events", 0L));
  }

  @Test
  void conflicts_earliestThenSmallestSha256Wins() {
    LocalDate day = LocalDate.of(2011, 3, 3);
    File a = new File(day, "a.jsonl");
    File b = new File(day, "b.jsonl");
    // The earliest wins, in whatever file it is.
    a.bad("conflicting_duplicate", "event_id", open("early", "2011-03-03T10:00:01Z"));
    b.good(open("early", "2011-03-03T10:00:00Z"));
    // Equal times: the line's SHA-256 decides.
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      lines.add(event(quoted("sha"), "u" + i, "open", quoted("2011-03-03T10:00:00Z"), ""));
    }
    String winner = lines.stream().min((x, y) -> sha256(x).compareTo(sha256(y))).orElseThrow();
    for (String line : lines) {
      if (line.equals(winner)) {
        a.good(line);
      } else {
        b.bad("conflicting_duplicate", "event_id", line);
      }
    }
    // Equal content in another form is a duplicate, wherever it is.
    a.good(event("5", "u1", "purchase", quoted("2011-03-03T10:00:00Z"), "\"purchase_amount\":1.5"));
    b.good(
        event(
            quoted("5"),
            "u1",
            "purchase",
            quoted("2011-03-03T11:00:00.0+01:00"),
            " \"currency\" : \"usd\", \"purchase_amount\":\"150e-2\",\"platform\":null"));
    // Another type, the same number in properties written otherwise: conflicts.
    a.good(event(quoted("n"), "u1", "open", quoted("2011-03-03T10:00:00Z"), "\"a\":1"));
    b.bad(
        "conflicting_duplicate",
        "event_id",
        event(quoted("n"), "u1", "open", quoted("2011-03-03T10:00:01Z"), "\"a\":1.0"),
        event(quoted("n"), "u1", "close", quoted("2011-03-03T10:00:01Z"), "\"a\":1"));
    // Ids that only look alike are others.
    a.good(open("N", "2011-03-03T10:00:00Z"), open(" n", "2011-03-03T10:00:00Z"));
    a.put();
    b.put();

    LoadReport report = services.load(day);

    assertThat(report.load().error()).isEmpty();
    List<ReadBack.Rejected> expected = new ArrayList<>(a.rejected);
    expected.addAll(b.rejected);
    assertThat(readBack.rejected(day)).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(ReadBack.text(report.load().counts()))
        .isEqualTo(
            "lines 17 blank 0 accepted 6 duplicates 1 rejected 10 other_day 0 late 0"
                + " {'conflicting_duplicate':10}");
    String shaUser = winner.replaceAll(".*\"user_id\":\"(u\\d)\".*", "$1");
    assertThat(readBack.rows("raw.events", day, "event_id", "user_id", "event_timestamp"))
        .containsExactlyInAnyOrder(
            "early|u1|2011-03-03 10:00:00.000000",
            "sha|" + shaUser + "|2011-03-03 10:00:00.000000",
            "5|u1|2011-03-03 10:00:00.000000",
            "n|u1|2011-03-03 10:00:00.000000",
            "N|u1|2011-03-03 10:00:00.000000",
            " n|u1|2011-03-03 10:00:00.000000");
  }

  @Test
  void identicalLinesInSeveralFiles_firstFileHasTheAccepted() {
    LocalDate day = LocalDate.of(2011, 3, 4);
    String[] lines = new String[50];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = open("e" + i, "2011-03-04T10:00:00Z");
    }
    for (String name : List.of("c.jsonl", "a.jsonl", "b.jsonl")) {
      services.put(day, name, lines);
    }

    LoadReport report = services.load(day);

    String duplicates =
        "lines 50 blank 0 accepted 0 duplicates 50 rejected 0 other_day 0 late 0 {}";
    assertThat(report.load().error()).isEmpty();
    assertThat(readBack.objects(report))
        .isEqualTo(
            Map.of(
                "dt=2011-03-04/a.jsonl",
                "lines 50 blank 0 accepted 50 duplicates 0 rejected 0 other_day 0 late 0 {}",
                "dt=2011-03-04/b.jsonl",
                duplicates,
                "dt=2011-03-04/c.jsonl",
                duplicates));
  }

  @Test
  void everyFormOfObjectAndLineEnd_isRead() {
    LocalDate day = LocalDate.of(2011, 3, 5);
    String noon = "2011-03-05T12:00:00Z";
    services.put(day, "bom.jsonl", ("\ufeff" + open("bom", noon) + "\n").getBytes(UTF_8));
    services.put(day, "bom-only.jsonl", "\ufeff".getBytes(UTF_8));
    services.put(
        day, "crlf.json", (open("crlf1", noon) + "\r\n" + open("crlf2", noon)).getBytes(UTF_8));
    services.put(day, "cr.jsonl", (open("cr1", noon) + "\r" + open("cr2", noon)).getBytes(UTF_8));
    services.put(
        day,
        "blank.jsonl",
        ("\n\r\n \t\n\u00a0\u2003\u3000\u2028\r\n\u0085\n" + open("blank", noon) + "\n\n  ")
            .getBytes(UTF_8));
    services.put(day, "empty.jsonl", new byte[0]);
    services.put(day, "plain.jsonl.gz", gzip("\ufeff" + open("gz1", noon) + "\r\n"));
    services.put(day, "members.json.gz", concat(gzip(open("gz2", noon)), gzip("\n \n")));
    services.put(day, "empty.jsonl.gz", gzip(""));
    services.put(day, "nested/b/deep file+%25é:.jsonl", open("nested", noon));
    services.put(day, "_SUCCESS", "no json");
    services.put(day, ".hidden.jsonl", "no json");
    services.put(day, "_temporary/0/part.jsonl", "no json");
    services.put(day, "nested/.part.crc", "no json");
    services.put(day, "folder/", new byte[0]);

    LoadReport report = services.load(day);

    assertThat(report.load().error()).isEmpty();
    assertThat(readBack.rows("raw.events", day, "event_id"))
        .containsExactly("blank", "bom", "crlf1", "crlf2", "gz1", "gz2", "nested");
    assertThat(readBack.rejected(day))
        .containsExactly(
            new ReadBack.Rejected(
                "malformed_json",
                "",
                "dt=2011-03-05/cr.jsonl",
                "text",
                open("cr1", noon) + "\r" + open("cr2", noon)));
    String one = "lines 1 blank 0 accepted 1 duplicates 0 rejected 0 other_day 0 late 0 {}";
    String none = one.replace('1', '0');
    Map<String, String> objects = new HashMap<>();
    objects.put("bom.jsonl", one);
    objects.put("bom-only.jsonl", "lines 1 blank 1" + none.substring("lines 0 blank 0".length()));
    objects.put("crlf.json", one.replace('1', '2'));
    objects.put(
        "cr.jsonl",
        "lines 1 blank 0 accepted 0 duplicates 0 rejected 1 other_day 0 late 0"
            + " {'malformed_json':1}");
    objects.put(
        "blank.jsonl", "lines 8 blank 7 accepted 1 duplicates 0 rejected 0 other_day 0 late 0 {}");
    objects.put("empty.jsonl", none);
    objects.put("plain.jsonl.gz", one);
    objects.put(
        "members.json.gz",
        "lines 2 blank 1 accepted 1 duplicates 0 rejected 0 other_day 0 late 0 {}");
    objects.put("empty.jsonl.gz", none);
    objects.put("nested/b/deep file+%25é:.jsonl", one);
    Map<String, String> expected = new HashMap<>();
    objects.forEach((name, counts) -> expected.put("dt=" + day + "/" + name, counts));
    assertThat(readBack.objects(report)).isEqualTo(expected);
    assertThat(report.load().source().objects()).isEqualTo(10);
  }
}
