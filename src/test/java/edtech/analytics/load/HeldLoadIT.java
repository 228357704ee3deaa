package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.clickhouse.store.LoadLog;
import edtech.analytics.clickhouse.store.LoadRecord;
import edtech.analytics.job.JobContext;
import edtech.analytics.testing.ForkedJvm;
import edtech.analytics.testing.JobJvm;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.SampleDay;
import java.time.LocalDate;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Nightly loads of a day whose last four same weekdays had 102 lines each. */
class HeldLoadIT {
  /** Of lines that are not blank; half of what the weekday usually has is not below half. */
  private static final int HALF = 51;

  private static LocalServices services;

  @BeforeAll
  static void open() {
    services = new LocalServices("held-load");
    for (int week = 0; week < 4; week++) {
      for (LocalDate day : new LocalDate[] {thin(), enough()}) {
        LocalDate before = day.minusWeeks(week + 1L);
        services.put(before, "a.jsonl", SampleDay.lines(before, "w" + week, 100));
        assertThat(services.load(before).load().status()).hasToString("published");
      }
    }
  }

  @AfterAll
  static void close() {
    services.close();
  }

  @Test
  void fewLines_nightlyLoad_isHeldSweptByNobodyAndReleased() {
    LocalDate day = thin();
    services.put(day, "a.jsonl", SampleDay.lines(day, "thin", HALF - SampleDay.REJECTED - 1));
    LoadReport first = nightly(day);
    LoadReport held = nightly(day);

    assertThat(held.load().status()).as(held.text()).hasToString("held");
    assertThat(held.isHeld()).isTrue();
    assertThat(held.load().error())
        .isEqualTo(
            "2042-03-31 has 50 lines, below hold-below-ratio=0.5 of 102.0, the median of 4 of the"
                + " last 5 same weekdays: staged, not published; look below "
                + services.eventsUri()
                + "/dt=2042-03-31/, load it again when it is whole, or publish it as it is with"
                + " release --date 2042-03-31");
    assertThat(services.visibleEvents(day)).isZero();
    assertThat(held()).isEqualTo(held.load().loadId());

    services.sweepAtOnce();
    assertThat(stored(first)).isZero();
    assertThat(stored(held)).isEqualTo(48);

    assertThat(command("status").out())
        .contains(
            "\nheld:      load " + held.load().loadId() + ": 2042-03-31 has 50 lines, below hold-");
    assertThat(command("release", "--date", "2042-03-31").out())
        .isEqualTo("2042-03-31 shows load " + held.load().loadId() + ", which was held\n");
    assertThat(services.visibleEvents(day)).isEqualTo(48);
    try (JobContext job = services.job()) {
      assertThat(new LoadLog(job.server()).find(held.load().loadId()).orElseThrow().status())
          .hasToString("published");
    }
    command("release", "--date", "2042-03-31")
        .requireFailure(
            1,
            "error: no load of 2042-03-31 is held, or a newer one is published: status shows what"
                + " is");
    assertThat(nightly(day).load().status()).hasToString("skipped");

    // Half of the lines that were released is the least now.
    services.put(day, "a.jsonl", SampleDay.lines(day, "late", 30));
    assertThat(nightly(day).load().status()).hasToString("published");
    services.put(day, "a.jsonl", SampleDay.lines(day, "fewer", 10));
    assertThat(nightly(day).load().status()).hasToString("held");
    assertThat(services.visibleEvents(day)).isEqualTo(30);
    assertThat(services.load(day, LoadMode.FORCED).load().status()).hasToString("published");
  }

  @Test
  void halfOfTheLines_isNotHeld_norIsABackfillOrAForcedLoadOfFewer() {
    LocalDate day = enough();
    services.put(day, "a.jsonl", SampleDay.lines(day, "b", 5));
    assertThat(services.load(day, LoadMode.NIGHTLY, "hold-below-ratio", "off").load().status())
        .hasToString("published");
    services.put(day, "a.jsonl", SampleDay.lines(day, "c", 6));
    assertThat(services.load(day).load().status()).as("backfill").hasToString("published");
    services.put(day, "a.jsonl", SampleDay.lines(day, "d", 1));
    LoadReport held = nightly(day);
    assertThat(held.load().status()).hasToString("held");
    assertThat(held()).isEqualTo(held.load().loadId());
    assertThat(services.visibleEvents(day)).as("the day keeps what it had").isEqualTo(6);
    services.put(day, "a.jsonl", SampleDay.lines(day, "e", HALF - SampleDay.REJECTED));
    assertThat(nightly(day).load().status()).hasToString("published");
    assertThat(held()).as("superseded").isZero();
    services.sweepAtOnce();
    assertThat(stored(held)).isZero();
    services.put(day, "a.jsonl", SampleDay.lines(day, "f", 7));
    assertThat(services.load(day, LoadMode.FORCED).load().status()).hasToString("published");
  }

  @Test
  void threePublishedWeekdays_areTooFewToHold() {
    LocalDate day = thin().minusWeeks(1);
    services.put(day, "a.jsonl", SampleDay.lines(day, "few", 5));
    assertThat(nightly(day).load().status()).hasToString("published");
    services.put(day, "a.jsonl", SampleDay.lines(day, "w0", 100));
    assertThat(services.load(day).load().status()).hasToString("published");
  }

  private static ForkedJvm.Result command(String... arguments) {
    return new JobJvm(services).runHere(Map.of("EVENTS_URI", ""), arguments);
  }

  private static LoadReport nightly(LocalDate day) {
    return services.load(day, LoadMode.NIGHTLY);
  }

  /** The one load of these days that waits; 0 = none. */
  private static long held() {
    try (JobContext job = services.job()) {
      return new LoadLog(job.server())
          .held().stream()
              .filter(load -> load.source().uri().startsWith(services.eventsUri()))
              .mapToLong(LoadRecord::loadId)
              .sum();
    }
  }

  private static long stored(LoadReport report) {
    return services.number(
        "SELECT count() FROM store.raw_events WHERE load_id = " + report.load().loadId());
  }

  private static LocalDate thin() {
    return LocalDate.of(2042, 3, 31);
  }

  private static LocalDate enough() {
    return LocalDate.of(2042, 3, 30);
  }
}
