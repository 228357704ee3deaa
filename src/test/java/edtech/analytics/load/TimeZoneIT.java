package edtech.analytics.load;

import static edtech.analytics.testing.Events.event;
import static edtech.analytics.testing.Events.open;
import static edtech.analytics.testing.Events.quoted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.ReadBack;
import edtech.analytics.testing.SilentProgress;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The settings that say what a day and an event are. */
class TimeZoneIT {
  private static LocalServices services;
  private static ReadBack readBack;

  @BeforeAll
  static void start() {
    services = new LocalServices("time-zone");
    readBack = new ReadBack(services);
  }

  @AfterAll
  static void close() {
    services.close();
  }

  @Test
  void dayOfTheClockChange_isTheDateInTheZone() {
    // On this day Berlin has 23 hours: from 23:00 UTC the day before to 22:00 UTC.
    LocalDate day = LocalDate.of(2015, 3, 29);
    services.put(
        day,
        "a.jsonl",
        open("before", "2015-03-28T22:59:59.999999Z"),
        open("first", "2015-03-28T23:00:00Z"),
        open("no zone is UTC", "2015-03-29 21:30:00"),
        open("last", "2015-03-29T23:59:59.999999+02:00"),
        open("after", "2015-03-29T22:00:00Z"));

    LoadReport report = services.load(day, "day.timezone", "Europe/Berlin");

    assertThat(report.load().error()).isEmpty();
    assertThat(readBack.rows("raw.events", day, "event_id", "event_timestamp"))
        .containsExactly(
            "first|2015-03-28 23:00:00.000000",
            "last|2015-03-29 21:59:59.999999",
            "no zone is UTC|2015-03-29 21:30:00.000000");
    assertThat(readBack.rejected(day))
        .extracting(ReadBack.Rejected::reason, ReadBack.Rejected::line)
        .containsExactlyInAnyOrder(
            tuple("outside_day", open("before", "2015-03-28T22:59:59.999999Z")),
            tuple("outside_day", open("after", "2015-03-29T22:00:00Z")));
    assertThat(services.load(day, "day.timezone", "Europe/Berlin").load().status())
        .hasToString("skipped");
    LoadReport utc = services.load(day);
    assertThat(utc.load().status()).hasToString("published");
    assertThat(readBack.rows("raw.events", day, "event_id"))
        .containsExactly("after", "last", "no zone is UTC");
  }

  @Test
  void foldersOfUtcDays_inAnotherZone_areHeldUnlessForced() {
    LocalDate day = LocalDate.of(2015, 5, 6);
    services.put(day, "a.jsonl", everyHalfHour(day.atStartOfDay()));

    LoadReport moscow = services.load(day, "day.timezone", "Europe/Moscow");

    assertThat(moscow.load().status()).as(moscow.text()).hasToString("held");
    assertThat(moscow.load().error())
        .isEqualTo(
            "the folders seem to be of UTC days, but day.timezone=Europe/Moscow: 6 of 48 lines below "
                + services.eventsUri()
                + "/dt=2015-05-06/ are rejected as outside_day and are of 2015-05-06 in UTC, while 0"
                + " accepted events are of another day in UTC: set source.layout.zone=UTC, which takes"
                + " those lines from the folders of the days beside it, or write the folders by days of"
                + " Europe/Moscow, and load the day again; staged, not published: where the folders are right, publish it as it is with release"
                + " --date 2015-05-06");
    assertThat(readBack.rows("raw.events", day, "event_id")).isEmpty();
    assertThat(
            services
                .load(day, "day.timezone", "Asia/Almaty", "max-rejected-ratio-of-any-day", "0.2")
                .load()
                .error())
        .startsWith("12 of 48 lines are rejected, over max-rejected-ratio-of-any-day=0.2 (")
        .contains("; the folders seem to be of UTC days, but day.timezone=Asia/Almaty: 12 of 48 ");
    assertThat(services.load(day, "day.timezone", "America/New_York").load().status())
        .hasToString("held");
    assertThat(services.load(day).load().status()).hasToString("published");
    assertThat(services.load(day, LoadMode.FORCED, "day.timezone", "Europe/Moscow").load().status())
        .hasToString("published");
    services.put(day, "b.jsonl", open("late", "2015-05-06T12:00:00Z"));
    List<String> warnings = new ArrayList<>();
    LoadReport again =
        services.load(
            day,
            new SilentProgress() {
              @Override
              public void warns(String message) {
                warnings.add(message);
              }
            },
            "day.timezone",
            "Europe/Moscow");
    assertThat(again.load().status()).as("published as it was before").hasToString("published");
    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith(
            "2015-05-06: the folders seem to be of UTC days, but day.timezone=Europe/Moscow");
  }

  @Test
  void foldersOfUtcDays_thatTheLayoutSays_loseNoEvent() {
    LocalDate day = LocalDate.of(2015, 5, 20);
    services.put(day, "a.jsonl", everyHalfHour(day.atStartOfDay()));
    String[] moscow = {"day.timezone", "Europe/Moscow", "source.layout.zone", "UTC"};
    assertThat(counts(services.load(day, moscow)))
        .isEqualTo("lines 48 blank 0 accepted 42 duplicates 0 rejected 0 other_day 6 late 0 {}");
    assertThat(services.load(day, moscow).load().status()).hasToString("skipped");

    LocalDate before = day.minusDays(1);
    services.put(before, "a.jsonl", everyHalfHour(before.atStartOfDay()));
    assertThat(counts(services.load(day, moscow)))
        .isEqualTo("lines 48 blank 0 accepted 48 duplicates 0 rejected 0 other_day 6 late 6 {}");
    assertThat(readBack.rows("raw.events", day, "min(event_timestamp)", "max(event_timestamp)"))
        .containsExactly("2015-05-19 21:00:00.000000|2015-05-20 20:30:00.000000");

    String[] newYork = {"day.timezone", "America/New_York", "source.layout.zone", "UTC"};
    List<LoadReport> reports = services.backfill(before, day, LoadMode.UNLESS_UNCHANGED, newYork);
    assertThat(reports.stream().map(TimeZoneIT::counts))
        .containsExactly(
            "lines 48 blank 0 accepted 48 duplicates 0 rejected 0 other_day 8 late 8 {}",
            "lines 48 blank 0 accepted 40 duplicates 0 rejected 0 other_day 8 late 0 {}");
  }

  @Test
  void foldersOfUtcDays_ofMappedLines_areHeldToo() {
    LocalDate day = LocalDate.of(2015, 5, 25);
    String[] lines =
        IntStream.range(0, 48)
            .mapToObj(
                i ->
                    "{\"event_id\":%d,\"user_id\":1,\"event_type\":\"x\",\"at\":{\"it's\":%d}}"
                        .formatted(i, day.toEpochDay() * 86_400 + i * 1_800))
            .toArray(String[]::new);
    services.put(day, "a.jsonl", lines);
    String[] settings = {
      "day.timezone", "Europe/Moscow", "source.fields.event_timestamp", "time,at.it's"
    };
    LoadReport report = services.load(day, settings);
    assertThat(report.load().status()).as(report.text()).hasToString("held");
    assertThat(report.load().error()).contains(": 6 of 48 lines below ");
  }

  private static String counts(LoadReport report) {
    assertThat(report.load().status()).as(report.text()).hasToString("published");
    return ReadBack.text(report.load().counts());
  }

  @Test
  void foldersOfTheZonesDays_withLateEventsAndAWrongClock_arePublished() {
    LocalDate day = LocalDate.of(2015, 5, 7);
    for (int hours : new int[] {3, -4}) {
      String[] lines = everyHalfHour(day.atStartOfDay().minusHours(hours));
      services.put(day, "a.jsonl", lines);
      services.put(
          day,
          "b.jsonl",
          open("late 1", day + "T03:40:00Z"),
          open("late 2", day.minusDays(1) + "T20:55:00Z"),
          open("ahead", day + "T21:30:00Z"));
      String zone = hours > 0 ? "Europe/Moscow" : "America/New_York";
      LoadReport report = services.load(day, "day.timezone", zone);
      assertThat(report.load().status()).as(report.text()).hasToString("published");
    }
  }

  private static String[] everyHalfHour(LocalDateTime from) {
    return IntStream.range(0, 48)
        .mapToObj(i -> open("e" + i, from.plusMinutes(30L * i) + ":00Z"))
        .toArray(String[]::new);
  }

  @Test
  void configuredTypesValuesAndCurrency_areUsed() {
    LocalDate day = LocalDate.of(2015, 4, 1);
    String noon = quoted("2015-04-01T12:00:00Z");
    services.put(
        day,
        "a.jsonl",
        event("1", "u", "order", noon, "\"purchase_amount\":5,\"currency\":\"eur\""),
        event("2", "u", "gift", noon, "\"purchase_amount\":6"),
        event("3", "u", "purchase", noon, "\"purchase_amount\":true,\"currency\":\"USD\""),
        event("4", "u", "order", noon, "\"purchase_amount\":5,\"currency\":\"USD\""),
        event("5", "u", "quiz", noon, "\"task_id\":\"q\",\"task_result\":\"passed\""),
        event("6", "u", "quiz", noon, "\"task_id\":\"q\",\"task_result\":\"success\""),
        event("7", "u", "task_result", noon, "\"task_id\":\"q\""),
        event("8", "u", "assigned", noon, "\"ab_test_id\":\"t\",\"ab_group\":\"b\""));

    LoadReport report =
        services.load(
            day,
            "event-types.purchase",
            "order,gift",
            "event-types.task-result",
            "quiz",
            "event-types.ab-test-assignment",
            "assigned",
            "success-values",
            "passed,done",
            "currency",
            "EUR");

    assertThat(report.load().error()).isEmpty();
    assertThat(readBack.rows("raw.purchases", day, "event_id", "purchase_amount", "currency"))
        .containsExactly("1|5|EUR", "2|6|EUR");
    assertThat(readBack.rows("raw.task_results", day, "event_id", "task_result", "is_success"))
        .containsExactly("5|passed|true", "6|success|false");
    assertThat(readBack.rows("raw.ab_test_assignments", day, "event_id", "ab_test_id", "ab_group"))
        .containsExactly("8|t|b");
    assertThat(readBack.rows("raw.events", day, "event_id", "event_type", "properties"))
        .containsExactly(
            "1|order|",
            "2|gift|",
            "3|purchase|{\"currency\":\"USD\",\"purchase_amount\":true}",
            "5|quiz|",
            "6|quiz|",
            "7|task_result|{\"task_id\":\"q\"}",
            "8|assigned|");
    assertThat(readBack.rejected(day))
        .extracting(ReadBack.Rejected::reason)
        .containsExactly("unsupported_currency");
  }
}
