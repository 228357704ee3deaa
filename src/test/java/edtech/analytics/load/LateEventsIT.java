package edtech.analytics.load;

import static edtech.analytics.testing.Events.event;
import static edtech.analytics.testing.Events.gzip;
import static edtech.analytics.testing.Events.open;
import static edtech.analytics.testing.Events.quoted;
import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.ReadBack;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Events that arrive under a later prefix. A month of 2014 for each test. */
class LateEventsIT {
  private static LocalServices services;
  private static ReadBack readBack;

  @BeforeAll
  static void start() {
    services = new LocalServices("late-events");
    readBack = new ReadBack(services);
  }

  @AfterAll
  static void close() {
    services.close();
  }

  private static LocalDate day(int month, int day) {
    return LocalDate.of(2014, month, day);
  }

  private static String on(LocalDate date, String id) {
    return open(id, date + "T12:00:00Z");
  }

  private static String counts(LoadReport report) {
    assertThat(report.load().error()).isEmpty();
    assertThat(report.load().status()).hasToString("published");
    String counts = ReadBack.text(report.load().counts());
    assertThat(readBack.load(report)).isEqualTo("published: : " + counts);
    return counts;
  }

  private static List<String> statuses(List<LoadReport> reports) {
    return reports.stream().map(r -> r.load().status().toString()).toList();
  }

  private static ReadBack.Rejected outside(LocalDate prefix, String line) {
    return new ReadBack.Rejected(
        "outside_day", "event_timestamp", "dt=" + prefix + "/a.jsonl", "text", line);
  }

  /** Prefixes 10 to 13 of a month: events of their own day, late, too late and of the future. */
  private static void putLate(int month) {
    LocalDate p1 = day(month, 10);
    LocalDate p2 = day(month, 11);
    LocalDate p3 = day(month, 12);
    LocalDate p4 = day(month, 13);
    services.put(
        p1,
        "a.jsonl",
        on(p1, "a1"),
        on(p1, "a2"),
        on(p1.minusDays(1), "x"),
        on(p1.minusDays(2), "y"),
        on(p2, "f"));
    services.put(p2, "a.jsonl", on(p2, "b1"), on(p1, "l1"));
    services.put(p3, "a.jsonl", on(p3, "c1"), on(p2, "m2"), on(p1, "m1"));
    services.put(p4, "a.jsonl", on(p4, "d1"), on(p2, "k2"));
  }

  @Test
  void latenessOfOneDay_eventsGoToTheirDay() {
    putLate(1);
    LocalDate p1 = day(1, 10);
    LocalDate p2 = day(1, 11);
    LocalDate p3 = day(1, 12);
    LoadReport first = services.load(p1, "lateness-days", "1");
    LoadReport second = services.load(p2, "lateness-days", "1");
    LoadReport third = services.load(p3, "lateness-days", "1");

    assertThat(counts(first))
        .isEqualTo(
            "lines 5 blank 0 accepted 3 duplicates 0 rejected 2 other_day 1 late 1"
                + " {'outside_day':2}");
    assertThat(counts(second))
        .isEqualTo("lines 2 blank 0 accepted 2 duplicates 0 rejected 0 other_day 1 late 1 {}");
    assertThat(counts(third))
        .isEqualTo(
            "lines 3 blank 0 accepted 1 duplicates 0 rejected 1 other_day 1 late 0"
                + " {'outside_day':1}");
    assertThat(readBack.rows("raw.events", p1, "event_id")).containsExactly("a1", "a2", "l1");
    assertThat(readBack.rows("raw.events", p2, "event_id")).containsExactly("b1", "m2");
    assertThat(readBack.rows("raw.events", p3, "event_id")).containsExactly("c1");
    assertThat(readBack.rejected(p1))
        .containsExactlyInAnyOrder(outside(p1, on(p1.minusDays(2), "y")), outside(p1, on(p2, "f")));
    assertThat(readBack.rejected(p2)).isEmpty();
    assertThat(readBack.rejected(p3)).containsExactly(outside(p3, on(p1, "m1")));
    assertThat(readBack.objects(first))
        .isEqualTo(
            Map.of(
                "dt=" + p1 + "/a.jsonl",
                "lines 5 blank 0 accepted 2 duplicates 0 rejected 2 other_day 1 late 0"
                    + " {'outside_day':2}",
                "dt=" + p2 + "/a.jsonl",
                "lines 0 blank 0 accepted 1 duplicates 0 rejected 0 other_day 0 late 1 {}"));
  }

  @Test
  void latenessOfTwoDays_eventsGoToTheirDay() {
    putLate(2);
    LocalDate p1 = day(2, 10);
    LocalDate p2 = day(2, 11);
    LocalDate p3 = day(2, 12);
    List<LoadReport> reports =
        services.backfill(p1, p3, LoadMode.UNLESS_UNCHANGED, "lateness-days", "2");

    assertThat(reports.stream().map(LateEventsIT::counts))
        .containsExactly(
            "lines 5 blank 0 accepted 4 duplicates 0 rejected 1 other_day 2 late 2"
                + " {'outside_day':1}",
            "lines 2 blank 0 accepted 3 duplicates 0 rejected 0 other_day 1 late 2 {}",
            "lines 3 blank 0 accepted 1 duplicates 0 rejected 0 other_day 2 late 0 {}");
    assertThat(readBack.rows("raw.events", p1, "event_id")).containsExactly("a1", "a2", "l1", "m1");
    assertThat(readBack.rows("raw.events", p2, "event_id")).containsExactly("b1", "k2", "m2");
    assertThat(readBack.rows("raw.events", p3, "event_id")).containsExactly("c1");
    assertThat(readBack.rejected(p1)).containsExactly(outside(p1, on(p2, "f")));
    assertThat(readBack.rejected(p2)).isEmpty();
    assertThat(readBack.rejected(p3)).isEmpty();
    String late = "lines 0 blank 0 accepted 1 duplicates 0 rejected 0 other_day 0 late 1 {}";
    assertThat(readBack.objects(reports.get(1)))
        .isEqualTo(
            Map.of(
                "dt=" + p2 + "/a.jsonl",
                "lines 2 blank 0 accepted 1 duplicates 0 rejected 0 other_day 1 late 0 {}",
                "dt=" + p3 + "/a.jsonl",
                late,
                "dt=" + day(2, 13) + "/a.jsonl",
                late));
  }

  @Test
  void duplicatesAcrossPrefixes_areComparedWithinTheirDay() {
    LocalDate p1 = day(3, 10);
    LocalDate p2 = day(3, 11);
    String conflict = event(quoted("e"), "u2", "open", quoted(p1 + "T13:00:00Z"), "");
    services.put(p1, "a.jsonl", on(p1, "e"));
    services.put(p2, "a.jsonl", on(p1, "e"), conflict, on(p2, "e"));

    List<LoadReport> reports =
        services.backfill(p1, p2, LoadMode.UNLESS_UNCHANGED, "lateness-days", "1");

    assertThat(reports.stream().map(LateEventsIT::counts))
        .containsExactly(
            "lines 1 blank 0 accepted 1 duplicates 1 rejected 1 other_day 0 late 2"
                + " {'conflicting_duplicate':1}",
            "lines 3 blank 0 accepted 1 duplicates 0 rejected 0 other_day 2 late 0 {}");
    assertThat(readBack.objects(reports.get(0)))
        .isEqualTo(
            Map.of(
                "dt=" + p1 + "/a.jsonl",
                "lines 1 blank 0 accepted 1 duplicates 0 rejected 0 other_day 0 late 0 {}",
                "dt=" + p2 + "/a.jsonl",
                "lines 0 blank 0 accepted 0 duplicates 1 rejected 1 other_day 0 late 2"
                    + " {'conflicting_duplicate':1}"));
    assertThat(readBack.rejected(p1))
        .containsExactly(
            new ReadBack.Rejected(
                "conflicting_duplicate", "event_id", "dt=" + p2 + "/a.jsonl", "text", conflict));
    assertThat(readBack.rejected(p2)).isEmpty();
    assertThat(readBack.rows("raw.events", p1, "event_id", "user_id")).containsExactly("e|u1");
    assertThat(readBack.rows("raw.events", p2, "event_id", "user_id")).containsExactly("e|u1");
  }

  @Test
  void nightlyRange_reloadsTheDaysThatLateEventsChanged() {
    LocalDate p1 = day(4, 10);
    LocalDate p2 = day(4, 11);
    LocalDate p3 = day(4, 12);
    services.put(p1, "a.jsonl", on(p1, "a"));
    services.put(p2, "a.jsonl", on(p2, "b"), on(p1, "late1"));
    assertThat(statuses(nightly(p1, p2))).containsExactly("published", "published");
    long reads = services.objectReads();
    List<LoadReport> again = nightly(p1, p2);
    assertThat(statuses(again)).containsExactly("skipped", "skipped");
    assertThat(again.get(0).text())
        .contains("unchanged since it was published; --force loads it again");
    assertThat(services.objectReads()).isEqualTo(reads);
    String before = services.content("raw.events", p1);

    services.put(p3, "a.jsonl", on(p3, "c"), on(p2, "late2"));
    assertThat(statuses(nightly(p2, p3))).containsExactly("published", "published");
    assertThat(readBack.rows("raw.events", p2, "event_id")).containsExactly("b", "late2");
    assertThat(statuses(nightly(p1, p3))).containsExactly("skipped", "skipped", "skipped");
    assertThat(services.content("raw.events", p1)).isEqualTo(before);
    assertThat(readBack.rows("raw.events", p1, "event_id")).containsExactly("a", "late1");

    services.put(p3, "b.jsonl", on(p2, "late3"));
    assertThat(statuses(nightly(p1, p3))).containsExactly("skipped", "published", "published");
    assertThat(readBack.rows("raw.events", p2, "event_id")).containsExactly("b", "late2", "late3");
    assertThat(readBack.rows("raw.events", p3, "event_id")).containsExactly("c");
  }

  private static List<LoadReport> nightly(LocalDate from, LocalDate to) {
    return services.backfill(from, to, LoadMode.UNLESS_UNCHANGED, "lateness-days", "1");
  }

  @Test
  void range_readsEachObjectOnceAndEqualsSingleLoadsInAnyOrder() {
    Random random = new Random(11);
    LocalDate from = day(5, 10);
    LocalDate to = day(5, 13);
    int objects = 0;
    for (LocalDate prefix = from; prefix.isBefore(day(5, 16)); prefix = prefix.plusDays(1)) {
      for (int file = 0; file < 3; file++) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
          lines.add(anyLine(random, prefix));
        }
        String name = file + (file == 2 ? ".jsonl.gz" : ".jsonl");
        byte[] text = (String.join("\n", lines) + "\n").getBytes();
        services.put(prefix, name, file == 2 ? gzip(text) : text);
        objects++;
      }
    }
    long reads = services.objectReads();
    List<LoadReport> range = services.backfill(from, to, LoadMode.FORCED, settings());
    assertThat(services.objectReads() - reads).isEqualTo(objects);
    Map<LocalDate, Map<String, String>> content = new TreeMap<>();
    for (LoadReport report : range) {
      content.put(report.load().date(), readBack.contentWithRejected(report.load().date()));
    }
    assertThat(statuses(range)).containsOnly("published");
    assertThat(range).allMatch(r -> r.load().counts().late() > 0);

    for (int date : new int[] {12, 10, 13, 11}) {
      LoadReport single = services.load(day(5, date), LoadMode.FORCED, settings());
      LoadReport inRange = range.get(date - 10);
      assertThat(counts(single)).isEqualTo(counts(inRange));
      assertThat(readBack.objects(single)).isEqualTo(readBack.objects(inRange));
      assertThat(readBack.contentWithRejected(day(5, date))).isEqualTo(content.get(day(5, date)));
    }
  }

  private static String[] settings() {
    return new String[] {
      "lateness-days", "2", "source.layout.days.ahead", "1", "max-rejected-ratio", "1"
    };
  }

  /**
   * An event of one day after its prefix to four days before it, now and then one that conflicts.
   */
  private static String anyLine(Random random, LocalDate prefix) {
    LocalDate date = prefix.minusDays(Math.max(-1, random.nextInt(9) - 4));
    String time = String.format("%sT%02d:00:00Z", date, random.nextInt(24));
    String type = random.nextInt(4) == 0 ? "purchase" : "open";
    return event(
        String.valueOf(random.nextInt(300)),
        "u" + random.nextInt(5),
        type,
        quoted(time),
        "\"session_id\":" + random.nextInt(9) + ",\"purchase_amount\":" + random.nextInt(3));
  }

  @Test
  void brokenObject_failsTheDaysThatReadItAndNoOther() {
    LocalDate p1 = day(6, 10);
    LocalDate p2 = day(6, 11);
    LocalDate p3 = day(6, 12);
    services.put(p1, "a.jsonl", on(p1, "a"));
    services.put(p2, "a.jsonl.gz", new byte[] {1, 2, 3});
    services.put(p3, "a.jsonl", on(p3, "c"));

    List<LoadReport> reports = nightly(p1, p3);

    assertThat(statuses(reports)).containsExactly("failed", "failed", "published");
    assertThat(reports.subList(0, 2))
        .allSatisfy(
            report ->
                assertThat(report.load().error())
                    .isEqualTo(
                        "object "
                            + services.uri(p2, "a.jsonl.gz")
                            + " is not valid gzip to its last byte (Input is not in the .gz"
                            + " format): upload it again"));
    assertThat(readBack.rows("raw.events", p3, "event_id")).containsExactly("c");
  }
}
