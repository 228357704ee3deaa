package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.job.JobContext;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.SampleDay;
import java.time.LocalDate;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which earlier load of a day a rollback shows, and what it refuses to show. */
class RollbackIT {
  /** Published once, of 20 events. */
  private static final LocalDate ONCE = LocalDate.of(2031, 2, 1);

  private static LocalServices services;

  @BeforeAll
  static void open() {
    services = new LocalServices("rollback");
    load(ONCE, "a", 20);
  }

  @AfterAll
  static void close() {
    services.close();
  }

  @Test
  void severalLoads_rollback_goesBackOneByOneOrToTheNamedOne() {
    LocalDate day = ONCE.plusDays(1);
    final long first = load(day, "a", 20);
    final long second = load(day, "b", 30);
    final long third = load(day, "c", 40);

    assertThat(rollback(day).loadId()).isEqualTo(second);
    assertThat(services.visibleEvents(day)).isEqualTo(30);
    assertThat(
            services.number(
                "SELECT toInt64(argMax(rows['raw.events'], seq)) FROM ops.publications WHERE"
                    + " event_date = '"
                    + day
                    + "'"))
        .isEqualTo(30);
    // Once more goes further back, never to a load that was left.
    assertThat(rollback(day).loadId()).isEqualTo(first);
    assertThat(services.visibleEvents(day)).isEqualTo(20);
    assertThatThrownBy(() -> rollback(day))
        .isInstanceOf(LoadFailedException.class)
        .hasMessageStartingWith(day + " has no older load than the visible one; its loads: [");
    assertThat(services.visibleEvents(day)).isEqualTo(20);

    Publication shown = rollback(day, OptionalLong.of(third));
    assertThat(shown.loadId()).isEqualTo(third);
    assertThat(shown.isPinned()).isTrue();
    assertThat(services.visibleEvents(day)).isEqualTo(40);
  }

  @Test
  void rolledBackDay_loaded_isHeldUntilForced() {
    LocalDate day = ONCE.plusDays(2);
    long first = load(day, "a", 20);
    load(day, "b", 30);
    rollback(day);

    LoadReport held = services.load(day);
    assertThat(held.load().status()).hasToString("held");
    assertThat(held.load().error())
        .isEqualTo(
            day
                + " was rolled back to load "
                + first
                + " and is held there: --force loads it again");
    assertThat(held.isVisible()).isFalse();
    assertThat(services.ledgerStatus(held.load().loadId())).isEqualTo("held");
    assertThat(services.visibleEvents(day)).isEqualTo(20);

    assertThat(services.load(day, LoadMode.FORCED).load().status()).hasToString("published");
    assertThat(services.visibleEvents(day)).isEqualTo(30);
    assertThat(services.load(day).load().status()).hasToString("skipped");
  }

  @Test
  void unknownId_rollback_isRefusedWithTheLoadsThereAre() {
    requireRefused(
        ONCE,
        OptionalLong.of(42),
        "load 42 was never published for "
            + ONCE
            + "; its loads: ["
            + services.visibleLoad(ONCE)
            + "]");
  }

  @Test
  void onlyOneLoad_rollback_isRefused() {
    requireRefused(
        ONCE,
        OptionalLong.empty(),
        ONCE
            + " has no older load than the visible one; its loads: ["
            + services.visibleLoad(ONCE)
            + "]");
  }

  @Test
  void dayNeverPublished_rollback_isRefused() {
    requireRefused(
        LocalDate.of(2031, 2, 20),
        OptionalLong.empty(),
        "2031-02-20 was never published: there is nothing to go back to");
  }

  /** As a sweep leaves one: its row, and nothing in the store. */
  @Test
  void loadWithoutItsRows_rollback_isRefusedAndTheDayStays() {
    LocalDate day = LocalDate.of(2031, 2, 21);
    for (int load : new int[] {20, 21}) {
      services
          .admin()
          .execute(
              """
              INSERT INTO ops.publications
              SELECT * REPLACE (toDate('%s') AS event_date, %d AS seq, %d AS load_id)
              FROM (SELECT * FROM ops.publications WHERE event_date = '%s')
              """
                  .formatted(day, load, load, ONCE));
    }
    requireRefused(
        day,
        OptionalLong.empty(),
        "load 20 of "
            + day
            + " is no longer whole (raw.events has 0 of 20 rows): it was swept, or held a user who"
            + " was forgotten; raise keep-loads to keep more loads of a day");
    assertThat(services.visibleLoad(day)).isEqualTo(21);
  }

  @Test
  void loadThatLacksATable_rollback_isRefused() {
    LocalDate day = LocalDate.of(2031, 2, 22);
    services
        .admin()
        .execute(
            "INSERT INTO ops.publications (event_date, seq, load_id, rows) VALUES ('"
                + day
                + "', 20, 20, {'raw.events': 0}), ('"
                + day
                + "', 21, 21, {})");
    requireRefused(
        day,
        OptionalLong.empty(),
        "load 20 of 2031-02-22 was made by a release that did not write raw.purchases: load the"
            + " day again with --force instead");
  }

  /** Publishes a day of so many events; returns the load. */
  private static long load(LocalDate day, String seed, int events) {
    services.put(day, "a.jsonl", SampleDay.lines(day, seed, events));
    LoadReport report = services.load(day, "keep-loads", "3");
    assertThat(report.load().status()).as(report.text()).hasToString("published");
    return report.load().loadId();
  }

  private static Publication rollback(LocalDate day) {
    return rollback(day, OptionalLong.empty());
  }

  private static Publication rollback(LocalDate day, OptionalLong load) {
    try (JobContext job = services.job()) {
      return new Rollback(job).run(day, load);
    }
  }

  private static void requireRefused(LocalDate day, OptionalLong load, String message) {
    assertThatThrownBy(() -> rollback(day, load))
        .isInstanceOf(LoadFailedException.class)
        .hasMessage(message);
  }
}
