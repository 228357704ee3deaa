package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.clickhouse.store.Sweep;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.SampleDay;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the sweep drops and what it leaves. Loads of hours ago are made by the administrator, as the
 * job left them: a snowflake number of that time, rows in stage or store, a row in the ledger.
 */
class SweepIT {
  private static final int LONG_AGO = 180;

  private static LocalServices services;

  @BeforeAll
  static void open() {
    services = new LocalServices("sweep");
  }

  @AfterAll
  static void close() {
    services.close();
  }

  @Test
  void failedLoad_pastTheGrace_isDroppedFromStageAndStore() {
    LocalDate day = day(1);
    long dead = load(day, LONG_AGO, "failed", LONG_AGO);
    store(day, dead, "raw_events");
    store(day, dead, "raw_sessions");
    stage(dead, "raw_events");
    stage(dead, "raw_rejected_events");
    services.sweep();
    assertThat(stored(day)).isEmpty();
    assertThat(stageTables(dead)).isZero();
  }

  @Test
  void failedLoad_withinTheGrace_isKept() {
    LocalDate day = day(2);
    long recent = load(day, LONG_AGO, "failed", 10);
    store(day, recent, "raw_events");
    stage(recent, "raw_events");
    services.sweep();
    assertThat(stored(day)).containsExactly(recent);
    assertThat(stageTables(recent)).isEqualTo(1);
  }

  @Test
  void runningLoad_withAHeartbeat_isKept() {
    LocalDate day = day(3);
    long running = load(day, LONG_AGO, "running", 1);
    store(day, running, "raw_purchases");
    stage(running, "raw_purchases");
    services.sweep();
    assertThat(stored(day)).containsExactly(running);
    assertThat(stageTables(running)).isEqualTo(1);
  }

  @Test
  void runningLoad_withoutAHeartbeatForMoreThanAnHourAndTheGrace_isDropped() {
    LocalDate day = day(4);
    long abandoned = load(day, LONG_AGO, "running", 130);
    store(day, abandoned, "raw_purchases");
    stage(abandoned, "raw_purchases");
    services.sweep();
    assertThat(stored(day)).isEmpty();
    assertThat(stageTables(abandoned)).isZero();
  }

  @Test
  void loadThatTheLedgerDoesNotKnow_isDroppedAfterADayOnly() {
    LocalDate day = day(5);
    long recent = id(LONG_AGO);
    long old = id(25 * 60);
    store(day, recent, "raw_events");
    store(day, old, "raw_events");
    services.sweep();
    assertThat(stored(day)).containsExactly(recent);
  }

  @Test
  void publishedLoads_theLastTwoOfADay_areKept() {
    LocalDate day = day(6);
    long first = published(day, 300);
    long second = published(day, 240);
    long third = published(day, LONG_AGO);
    long superseded = load(day, LONG_AGO, "superseded", LONG_AGO);
    store(day, superseded, "raw_events");
    services.sweep();
    assertThat(stored(day)).containsExactlyInAnyOrder(second, third).doesNotContain(first);
  }

  @Test
  void publishedLoads_threeToKeep_areKept() {
    LocalDate day = day(7);
    List<Long> loads = List.of(published(day, 300), published(day, 240), published(day, LONG_AGO));
    services.sweep("keep-loads", "3");
    assertThat(stored(day)).containsExactlyInAnyOrderElementsOf(loads);
  }

  @Test
  void publishedLoad_replacedWithinTheGrace_isKept() {
    LocalDate day = day(8);
    long replacedLongAgo = published(day, 300);
    long replacedJustNow = published(day, LONG_AGO);
    long visible = published(day, 2);
    services.sweep("keep-loads", "1");
    assertThat(stored(day))
        .containsExactlyInAnyOrder(replacedJustNow, visible)
        .doesNotContain(replacedLongAgo);
  }

  @Test
  void loadShownAgainByARollback_isKept() {
    LocalDate day = day(9);
    long first = published(day, 400);
    long second = published(day, 300);
    long third = published(day, 200);
    publish(day, id(170), first, 170);
    services.sweep();
    assertThat(stored(day)).containsExactlyInAnyOrder(first, third).doesNotContain(second);
  }

  @Test
  void refusedLoad_itsRejectedLines_stayForTheRetention() {
    LocalDate day = day(10);
    services.put(day, "a.jsonl", "{\"event_id\":1", "also broken");
    LoadReport refused = services.load(day, "max-rejected-lines", "0");
    assertThat(refused.load().status()).hasToString("failed");
    assertThat(refused.load().error())
        .startsWith(
            "2 of 2 lines are rejected, over max-rejected-ratio=0.01 and max-rejected-lines=0"
                + " (malformed_json 2): look at ops.rejected_events for this load");
    long old = load(day, 29 * 24 * 60, "failed", 29 * 24 * 60);
    long older = load(day, 31 * 24 * 60, "failed", 31 * 24 * 60);
    for (long load : List.of(old, older)) {
      store(day, load, "raw_rejected_events");
      store(day, load, "raw_events");
    }
    // Only what this class made is older than the grace: to drop what others left takes long.
    services.sweep();
    assertThat(rejected(day)).containsExactlyInAnyOrder(refused.load().loadId(), old);
    assertThat(stored(day)).containsExactlyInAnyOrder(refused.load().loadId(), old);
    assertThat(services.number("SELECT count() FROM store.raw_events WHERE load_id = " + old))
        .isZero();

    services.sweep("rejected-retention-days", "0");
    assertThat(rejected(day)).containsExactly(refused.load().loadId());
  }

  @Test
  void sweep_deadLoadOfOneDay_leavesOtherDaysAsTheyAre() {
    LocalDate day = day(11);
    LocalDate other = day(12);
    services.put(other, "a.jsonl", SampleDay.lines(other, "a", 20));
    assertThat(services.load(other).load().status()).hasToString("published");
    String before = services.content("raw.events", other);
    List<Long> loads = stored(other);
    store(day, load(day, LONG_AGO, "failed", LONG_AGO), "raw_events");
    services.sweep();
    assertThat(stored(day)).isEmpty();
    assertThat(stored(other)).isEqualTo(loads).hasSize(1);
    assertThat(services.content("raw.events", other)).isEqualTo(before).startsWith("20:");
  }

  @Test
  void twoSweepsAtOnce_areHarmless() throws Exception {
    LocalDate day = day(13);
    long kept = published(day, LONG_AGO);
    for (int i = 0; i < 10; i++) {
      long dead = load(day, LONG_AGO + i, "failed", LONG_AGO);
      store(day, dead, "raw_events");
      stage(dead, "raw_events");
      stage(dead, "raw_sessions");
    }
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Sweep.Result>> running = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        running.add(threads.submit(() -> services.sweep()));
      }
      for (Future<Sweep.Result> one : running) {
        one.get(1, TimeUnit.MINUTES);
      }
    } finally {
      threads.shutdown();
    }
    assertThat(stored(day)).containsExactly(kept);
    assertThat(services.visibleEvents(day)).isEqualTo(1);
  }

  @Test
  void foreignTablesInStage_areLeftAlone() {
    List<String> foreign =
        List.of("raw_events_copy", "raw_events_7x", "raw_events_", "raw_events", "raw_events_2024");
    try {
      foreign.forEach(
          name ->
              services
                  .admin()
                  .execute(
                      "CREATE TABLE stage." + name + " (n UInt8) ENGINE = MergeTree ORDER BY n"));
      services.sweep();
      for (String name : foreign) {
        assertThat(
                services.number(
                    "SELECT count() FROM system.tables WHERE database = 'stage' AND name = '"
                        + name
                        + "'"))
            .as(name)
            .isEqualTo(1);
      }
    } finally {
      foreign.forEach(name -> services.admin().execute("DROP TABLE IF EXISTS stage." + name));
    }
  }

  @Test
  void sweep_result_countsWhatItDropped() {
    services.sweep();
    LocalDate day = day(14);
    long dead = load(day, LONG_AGO, "failed", LONG_AGO);
    store(day, dead, "raw_events");
    store(day, dead, "raw_purchases");
    stage(dead, "raw_events");
    assertThat(services.sweep()).isEqualTo(new Sweep.Result(1, 2, Set.of()));
    assertThat(services.sweep()).isEqualTo(new Sweep.Result(0, 0, Set.of()));
  }

  private static LocalDate day(int number) {
    return LocalDate.of(2032, 1, number);
  }

  /** A load id of some minutes ago. */
  private static long id(int minutesAgo) {
    return services.number(
        "SELECT toInt64(dateTime64ToSnowflakeID(now64(3) - toIntervalMinute("
            + minutesAgo
            + "))) + toInt64(rand() % 1000000)");
  }

  private static long load(LocalDate day, int startedAgo, String status, int heartbeatAgo) {
    long id = id(startedAgo);
    services
        .admin()
        .execute(
            "INSERT INTO store.load_log (load_id, revision, event_date, status, started_at,"
                + " heartbeat_at) SELECT "
                + id
                + ", 1, '"
                + day
                + "', '"
                + status
                + "', now64(6) - toIntervalMinute("
                + startedAgo
                + "), now64(6) - toIntervalMinute("
                + heartbeatAgo
                + ")");
    return id;
  }

  private static long published(LocalDate day, int minutesAgo) {
    long id = load(day, minutesAgo, "published", minutesAgo);
    store(day, id, "raw_events");
    publish(day, id, id, minutesAgo);
    return id;
  }

  private static void publish(LocalDate day, long seq, long load, int minutesAgo) {
    services
        .admin()
        .execute(
            "INSERT INTO ops.publications (event_date, seq, load_id, fingerprint, published_at)"
                + " SELECT '"
                + day
                + "', "
                + seq
                + ", "
                + load
                + ", 'test', now64(6) - toIntervalMinute("
                + minutesAgo
                + ")");
  }

  private static void store(LocalDate day, long load, String table) {
    services
        .admin()
        .execute(
            "INSERT INTO store."
                + table
                + " (event_date, load_id) VALUES ('"
                + day
                + "', "
                + load
                + ")");
  }

  private static void stage(long load, String table) {
    services.admin().execute("CREATE TABLE stage." + table + "_" + load + " AS store." + table);
  }

  private static List<Long> stored(LocalDate day) {
    return loads("merge('store', '^raw_')", day);
  }

  private static List<Long> rejected(LocalDate day) {
    return loads("ops.rejected_events", day);
  }

  private static List<Long> loads(String table, LocalDate day) {
    return services
        .rows(
            "SELECT DISTINCT toInt64(load_id) AS id FROM "
                + table
                + " WHERE event_date = '"
                + day
                + "' ORDER BY id")
        .stream()
        .map(row -> row.getLong("id"))
        .toList();
  }

  private static long stageTables(long load) {
    return services.number(
        "SELECT count() FROM system.tables WHERE database = 'stage' AND endsWith(name, '_"
            + load
            + "')");
  }
}
