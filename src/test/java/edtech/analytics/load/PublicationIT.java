package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.job.JobContext;
import edtech.analytics.testing.DayReader;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.SampleDay;
import edtech.analytics.testing.SilentProgress;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes visible, and when: each test has a day of its own. */
class PublicationIT {
  private static final String NOTHING = DayReader.nothing();

  private static LocalServices services;

  @BeforeAll
  static void open() {
    services = new LocalServices("publication");
  }

  @AfterAll
  static void close() {
    services.close();
  }

  @Test
  void unchangedDay_loadedAgain_isSkippedAndInTheLedger() {
    LocalDate day = publishedDay(1, "a");
    LoadReport again = services.load(day);
    assertThat(again.load().status()).isEqualTo("skipped");
    assertThat(again.isVisible()).isTrue();
    assertThat(again.text()).contains("unchanged since it was published; --force loads it again");
    assertThat(ledgerStatus(again)).isEqualTo("skipped");
    assertThat(publications(day)).isEqualTo(1);
  }

  @Test
  void changedObject_loadedAgain_isPublished() {
    LocalDate day = publishedDay(2, "a");
    services.put(day, "a.jsonl", SampleDay.lines(day, "b", 30));
    LoadReport again = services.load(day);
    assertThat(again.load().status()).isEqualTo("published");
    assertThat(ledgerStatus(again)).isEqualTo("published");
    assertThat(visible(day)).isEqualTo(30);
  }

  @Test
  void addedObject_loadedAgain_isPublished() {
    LocalDate day = publishedDay(3, "a");
    services.put(day, "b.jsonl", SampleDay.lines(day, "b", 30));
    assertThat(services.load(day).load().status()).isEqualTo("published");
    assertThat(visible(day)).isEqualTo(50);
  }

  @Test
  void settingThatChangesResults_loadedAgain_isPublished() {
    LocalDate day = publishedDay(4, "a");
    LoadReport again = services.load(day, "success-values", "pass");
    assertThat(again.load().status()).isEqualTo("published");
    assertThat(
            services.number(
                "SELECT countIf(is_success) FROM raw.task_results WHERE event_date = '"
                    + day
                    + "'"))
        .isZero();
  }

  @Test
  void settingThatChangesNoResult_loadedAgain_isSkipped() {
    LocalDate day = publishedDay(5, "a");
    assertThat(services.load(day, "clickhouse.batch-rows", "7", "keep-loads", "5").load().status())
        .isEqualTo("skipped");
  }

  @Test
  void unchangedDay_forced_isPublishedWithTheSameContent() {
    LocalDate day = publishedDay(6, "a");
    String before = services.content("raw.events", day);
    LoadReport again = services.load(day, LoadMode.FORCED);
    assertThat(again.load().status()).isEqualTo("published");
    assertThat(publications(day)).isEqualTo(2);
    assertThat(services.content("raw.events", day)).isEqualTo(before);
  }

  @Test
  void publishedDay_publicationRow_holdsTheCountOfEveryTable() {
    LocalDate day = publishedDay(7, "a");
    assertThat(publications(day)).isEqualTo(1);
    for (String table :
        List.of(
            "events",
            "purchases",
            "task_results",
            "sessions",
            "ab_test_assignments",
            "rejected_events")) {
      long rows =
          services.number("SELECT count() FROM raw." + table + " WHERE event_date = '" + day + "'");
      assertThat(rows).as(table).isPositive();
      assertThat(
              services.number(
                  "SELECT toInt64(rows['raw."
                      + table
                      + "']) FROM ops.publications WHERE event_date = '"
                      + day
                      + "'"))
          .as(table)
          .isEqualTo(rows);
    }
  }

  @Test
  void loadWithTheLowerSeq_finishesLast_isSuperseded() throws Exception {
    LocalDate day = day(8);
    List<String> states = statesOf(day, 2);
    try (DayReader reader = new DayReader(day)) {
      Gate gate = new Gate(Step.PUBLISH);
      Future<LoadReport> earlier = start(day, 0, gate);
      gate.awaitArrival();
      LoadReport later = load(day, 1, new SilentProgress());
      assertThat(later.load().status()).isEqualTo("published");
      assertThat(reader.state()).isEqualTo(states.get(1));
      gate.open();
      LoadReport superseded = earlier.get(1, TimeUnit.MINUTES);

      assertThat(superseded.load().loadId()).isLessThan(later.load().loadId());
      assertThat(superseded.load().status()).isEqualTo("superseded");
      assertThat(ledgerStatus(superseded)).isEqualTo("superseded");
      assertThat(reader.state()).isEqualTo(states.get(1));
      assertThat(reader.seen()).isSubsetOf(states);
    }
  }

  @Test
  void loadWithTheHigherSeq_finishesLast_isSeenLast() throws Exception {
    LocalDate day = day(9);
    List<String> states = statesOf(day, 2);
    try (DayReader reader = new DayReader(day)) {
      Gate first = new Gate(Step.STAGE);
      Future<LoadReport> earlier = start(day, 0, first);
      first.awaitArrival();
      Gate second = new Gate(Step.PUBLISH);
      Future<LoadReport> later = start(day, 1, second);
      second.awaitArrival();
      first.open();
      assertThat(earlier.get(1, TimeUnit.MINUTES).load().status()).isEqualTo("published");
      assertThat(reader.state()).isEqualTo(states.get(0));
      second.open();
      assertThat(later.get(1, TimeUnit.MINUTES).load().status()).isEqualTo("published");
      assertThat(reader.state()).isEqualTo(states.get(1));
      assertThat(reader.seen()).isSubsetOf(states);
    }
  }

  @Test
  void publicationOfALowerSeq_afterTheHigherOne_isNotVisible() throws Exception {
    LocalDate day = day(10);
    List<String> states = statesOf(day, 2);
    try (DayReader reader = new DayReader(day)) {
      // Held between its last look at the publications and its own row.
      Gate gate = new Gate(Step.PUBLISH, "ops.publications");
      Future<LoadReport> earlier = start(day, 0, gate);
      gate.awaitArrival();
      assertThat(load(day, 1, new SilentProgress()).load().status()).isEqualTo("published");
      gate.open();
      assertThat(earlier.get(1, TimeUnit.MINUTES).load().status()).isEqualTo("published");
      assertThat(reader.state()).isEqualTo(states.get(1));
      assertThat(reader.seen()).isSubsetOf(states);
    }
  }

  @Test
  void fiveLoadsOfOneDay_atOnce_theHighestSeqIsSeenWhole() throws Exception {
    LocalDate day = day(11);
    List<String> states = statesOf(day, 5);
    CyclicBarrier barrier = new CyclicBarrier(5);
    List<Future<LoadReport>> running = new ArrayList<>();
    try (DayReader reader = new DayReader(day)) {
      for (int content = 0; content < 5; content++) {
        running.add(
            start(
                day,
                content,
                new SilentProgress() {
                  @Override
                  public void begins(LocalDate date, Step step) {
                    if (step == Step.STAGE) {
                      await(barrier);
                    }
                  }
                }));
      }
      int highest = 0;
      List<LoadReport> reports = new ArrayList<>();
      for (Future<LoadReport> one : running) {
        reports.add(one.get(2, TimeUnit.MINUTES));
      }
      for (int content = 0; content < 5; content++) {
        LoadReport report = reports.get(content);
        assertThat(report.load().status()).as(report.text()).isIn("published", "superseded");
        if (report.load().loadId() > reports.get(highest).load().loadId()) {
          highest = content;
        }
      }
      assertThat(reports.get(highest).load().status()).isEqualTo("published");
      assertThat(reader.state()).isEqualTo(states.get(highest));
      assertThat(reader.seen()).isSubsetOf(states);
      assertThat(reader.polls()).isGreaterThan(10);
    }
  }

  @Test
  void rollback_noLoadNamed_showsTheOneBefore() {
    LocalDate day = publishedDay(12, "a");
    long first = visibleLoad(day);
    replace(day, "b");
    long second = visibleLoad(day);
    assertThat(rollback(day, OptionalLong.empty()).loadId()).isEqualTo(first);
    assertThat(visible(day)).isEqualTo(20);
    assertThat(
            services.number(
                "SELECT toInt64(argMax(rows['raw.events'], seq)) FROM ops.publications WHERE"
                    + " event_date = '"
                    + day
                    + "'"))
        .isEqualTo(20);
    // Once more goes further back, never to the load that was left.
    assertThatThrownBy(() -> rollback(day, OptionalLong.empty()))
        .isInstanceOf(LoadFailedException.class)
        .hasMessageStartingWith(day + " has no older load than the visible one; its loads: [");
    assertThat(visible(day)).isEqualTo(20);
    assertThat(rollback(day, OptionalLong.of(second)).loadId()).isEqualTo(second);
    assertThat(visible(day)).isEqualTo(30);
  }

  @Test
  void rollback_byId_showsThatLoad() {
    LocalDate day = publishedDay(13, "a");
    long first = visibleLoad(day);
    replace(day, "b");
    services.load(day, LoadMode.FORCED);
    Publication shown = rollback(day, OptionalLong.of(first));
    assertThat(shown.loadId()).isEqualTo(first);
    assertThat(shown.isHeld()).isTrue();
    assertThat(visible(day)).isEqualTo(20);
  }

  @Test
  void rollback_unknownId_isRefusedWithTheLoadsThereAre() {
    LocalDate day = publishedDay(14, "a");
    assertThatThrownBy(() -> rollback(day, OptionalLong.of(42)))
        .isInstanceOf(LoadFailedException.class)
        .hasMessage(
            "load 42 was never published for " + day + "; its loads: [" + visibleLoad(day) + "]");
  }

  @Test
  void rollback_onlyOneLoad_isRefused() {
    LocalDate day = publishedDay(15, "a");
    assertThatThrownBy(() -> rollback(day, OptionalLong.empty()))
        .isInstanceOf(LoadFailedException.class)
        .hasMessage(
            day + " has no older load than the visible one; its loads: [" + visibleLoad(day) + "]");
  }

  @Test
  void rollback_dayNeverPublished_isRefused() {
    assertThatThrownBy(() -> rollback(day(16), OptionalLong.empty()))
        .isInstanceOf(LoadFailedException.class)
        .hasMessage("2031-01-16 was never published: there is nothing to go back to");
  }

  @Test
  void rollback_sweptLoad_isRefusedAndTheDayStays() {
    LocalDate day = publishedDay(17, "a");
    long first = visibleLoad(day);
    replace(day, "b");
    services.load(day, LoadMode.FORCED, "keep-loads", "1", "sweep-grace-minutes", "0");
    assertThatThrownBy(() -> rollback(day, OptionalLong.of(first)))
        .isInstanceOf(LoadFailedException.class)
        .hasMessage(
            "load "
                + first
                + " of "
                + day
                + " is no longer whole (raw.events has 0 of 20 rows): it was swept, or held a"
                + " user who was forgotten; raise keep-loads to keep more loads of a day");
    assertThat(visible(day)).isEqualTo(30);
  }

  @Test
  void rollback_loadThatLacksATable_isRefused() {
    LocalDate day = day(20);
    services
        .admin()
        .execute(
            "INSERT INTO ops.publications (event_date, seq, load_id, rows) VALUES ('"
                + day
                + "', 20, 20, {'raw.events': 0}), ('"
                + day
                + "', 21, 21, {})");
    assertThatThrownBy(() -> rollback(day, OptionalLong.empty()))
        .isInstanceOf(LoadFailedException.class)
        .hasMessage(
            "load 20 of 2031-01-20 was made by a release that did not write raw.purchases: load the"
                + " day again with --force instead");
  }

  @Test
  void heldDay_loaded_isRefusedUntilForced() {
    LocalDate day = publishedDay(18, "a");
    long first = visibleLoad(day);
    replace(day, "b");
    rollback(day, OptionalLong.empty());

    LoadReport held = services.load(day);
    assertThat(held.load().status()).isEqualTo("held");
    assertThat(held.load().error())
        .isEqualTo(
            day
                + " was rolled back to load "
                + first
                + " and is held there: --force loads it again");
    assertThat(held.isVisible()).isFalse();
    assertThat(ledgerStatus(held)).isEqualTo("held");
    assertThat(visible(day)).isEqualTo(20);

    assertThat(services.load(day, LoadMode.FORCED).load().status()).isEqualTo("published");
    assertThat(visible(day)).isEqualTo(30);
    assertThat(services.load(day).load().status()).isEqualTo("skipped");
  }

  @Test
  void objectChangedDuringTheLoad_load_failsAndTheDayStays() {
    LocalDate day = publishedDay(19, "a");
    services.put(day, "a.jsonl", SampleDay.lines(day, "b", 30));
    Progress change =
        new SilentProgress() {
          @Override
          public void begins(LocalDate date, Step step) {
            if (step == Step.CHECK) {
              services.put(day, "b.jsonl", SampleDay.lines(day, "c", 40));
            }
          }
        };
    try (JobContext job = services.job()) {
      LoadReport report =
          new RangeLoad(job, change).run(day, day, LoadMode.UNLESS_UNCHANGED, r -> {}).get(0);
      assertThat(report.load().status()).isEqualTo("failed");
      assertThat(report.load().error())
          .isEqualTo(
              "objects changed while "
                  + day
                  + " was loaded, 1 of them, such as "
                  + services.eventsUri()
                  + "/dt="
                  + day
                  + "/b.jsonl: load the day again when its objects are final");
    }
    assertThat(visible(day)).isEqualTo(20);
  }

  private static LocalDate day(int number) {
    return LocalDate.of(2031, 1, number);
  }

  private static LocalDate publishedDay(int number, String seed) {
    LocalDate day = day(number);
    services.put(day, "a.jsonl", SampleDay.lines(day, seed, 20));
    LoadReport report = services.load(day);
    assertThat(report.load().status()).as(report.text()).isEqualTo("published");
    return day;
  }

  private static void replace(LocalDate day, String seed) {
    services.put(day, "a.jsonl", SampleDay.lines(day, seed, 30));
    assertThat(services.load(day).load().status()).isEqualTo("published");
  }

  private static Publication rollback(LocalDate day, OptionalLong load) {
    try (JobContext job = services.job()) {
      return new Rollback(job).run(day, load);
    }
  }

  /** Puts contents into folders of their own and loads each once: what readers see of them. */
  private static List<String> statesOf(LocalDate day, int contents) throws InterruptedException {
    List<String> states = new ArrayList<>();
    try (DayReader reader = new DayReader(day)) {
      assertThat(reader.state()).isEqualTo(NOTHING);
      for (int content = 0; content < contents; content++) {
        services.putInto(
            "contents/" + content,
            day,
            "a.jsonl",
            SampleDay.lines(day, "c" + content, 300 + content));
        LoadReport report = load(day, content, new SilentProgress());
        assertThat(report.load().status()).as(report.text()).isEqualTo("published");
        states.add(reader.state());
      }
      Set<String> expected = new HashSet<>(states);
      assertThat(expected).hasSize(contents);
      expected.add(NOTHING);
      assertThat(reader.seen()).isSubsetOf(expected);
    }
    return states;
  }

  private static LoadReport load(LocalDate day, int content, Progress progress) {
    try (JobContext job =
        services.job("events-uri", services.eventsUri() + "/contents/" + content)) {
      return new RangeLoad(job, progress).run(day, day, LoadMode.FORCED, r -> {}).get(0);
    }
  }

  private static Future<LoadReport> start(LocalDate day, int content, Progress progress) {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      return thread.submit(() -> load(day, content, progress));
    } finally {
      thread.shutdown();
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(1, TimeUnit.MINUTES);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static long visible(LocalDate day) {
    return services.number("SELECT count() FROM raw.events WHERE event_date = '" + day + "'");
  }

  private static long publications(LocalDate day) {
    return services.number("SELECT count() FROM ops.publications WHERE event_date = '" + day + "'");
  }

  private static long visibleLoad(LocalDate day) {
    return services.number(
        "SELECT toInt64(argMax(load_id, seq)) FROM ops.publications WHERE event_date = '"
            + day
            + "'");
  }

  private static String ledgerStatus(LoadReport report) {
    return services
        .rows("SELECT status FROM ops.loads WHERE load_id = " + report.load().loadId())
        .get(0)
        .getString("status");
  }

  /** Stops a load at a place until it is opened. */
  private static final class Gate extends SilentProgress {
    private final Step step;
    private final String part;
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    private Gate(Step step) {
      this(step, "");
    }

    private Gate(Step step, String part) {
      this.step = step;
      this.part = part;
    }

    @Override
    public void begins(LocalDate date, Step now) {
      begins(date, now, "");
    }

    @Override
    public void begins(LocalDate date, Step now, String nowPart) {
      if (now == step && nowPart.equals(part)) {
        arrived.countDown();
        await(opened);
      }
    }

    private void awaitArrival() {
      await(arrived);
    }

    private void open() {
      opened.countDown();
    }

    private static void await(CountDownLatch latch) {
      try {
        if (!latch.await(1, TimeUnit.MINUTES)) {
          throw new IllegalStateException("nobody came within a minute");
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
