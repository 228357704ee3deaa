package edtech.analytics.forget;

import static edtech.analytics.testing.Events.event;
import static edtech.analytics.testing.Events.quoted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.job.JobContext;
import edtech.analytics.load.LoadFailedException;
import edtech.analytics.load.LoadMode;
import edtech.analytics.load.LoadReport;
import edtech.analytics.load.Progress;
import edtech.analytics.load.Rollback;
import edtech.analytics.load.Step;
import edtech.analytics.testing.AtStep;
import edtech.analytics.testing.DayReader;
import edtech.analytics.testing.ForkedJvm;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.ReadBack;
import edtech.analytics.testing.ReadyDriver;
import edtech.analytics.testing.SampleDay;
import edtech.analytics.testing.SilentProgress;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Users whom every trace in ClickHouse is searched for after they were forgotten. */
class ForgetIT {
  private static final String[] MEASURES = {
    "dimensions.session", "session_id",
    "dimensions.who", "user_id",
    "metrics.paid.event-types", "purchase",
    "metrics.paid.sum", "purchase_amount",
    "metrics.opened.event-types", "open"
  };

  private static LocalServices services;
  private static ReadyDriver drivers;
  private static ReadBack readBack;

  @BeforeAll
  static void open() {
    services = new LocalServices("forget");
    drivers = new ReadyDriver(KilledForget.class, 2);
    readBack = new ReadBack(services);
  }

  /** Loads that other tests killed: forget reports those that may still publish a user. */
  @BeforeEach
  void abandon() {
    services.abandonRunning();
  }

  @AfterAll
  static void close() {
    drivers.close();
    services.close();
  }

  @Test
  void userOfSeveralDaysAndLoads_forget_leavesTheDaysAsIfTheyHadNeverBeenThere() {
    String user = fresh("gone-Ünö/1");
    LocalDate day = day(1);
    LocalDate other = day(2);
    LocalDate untouched = day(3);
    services.put(untouched, "a.jsonl", SampleDay.lines(untouched, "c", 20));
    long kept = services.load(untouched).load().loadId();
    services.put(other, "a.jsonl", SampleDay.lines(other, "b", 20));
    services.put(day, "a.jsonl", SampleDay.lines(day, "a", 60));
    services.load(day, MEASURES);
    services.load(other, MEASURES);
    Map<String, String> expected = readBack.content(day);
    Map<String, String> expectedOther = readBack.content(other);
    List<String> expectedRejected = readBack.rows("raw.rejected_events", day, "reason", "line");

    services.put(day, "b.jsonl", theirs(day, user));
    services.put(other, "b.jsonl", theirs(other, user));
    LoadReport older = services.load(day, MEASURES);
    assertThat(services.load(other, MEASURES).load().status()).hasToString("published");
    LoadReport visible = services.load(day, LoadMode.FORCED, MEASURES);
    assertThat(visible.load().status()).hasToString("published");
    LocalDate refused = day(4);
    services.put(refused, "a.jsonl", theirs(refused, user));
    assertThat(
            services
                .load(refused, "max-rejected-ratio", "0", "max-rejected-lines", "0")
                .load()
                .status())
        .hasToString("failed");
    assertThat(traces(user)).isNotEmpty();

    ErasureReceipt receipt = forget(user);

    assertThat(receipt.problems()).isEmpty();
    assertThat(receipt.isFinished()).isTrue();
    assertThat(traces(user)).isEmpty();
    assertThat(readBack.content(day)).isEqualTo(expected);
    assertThat(readBack.content(other)).isEqualTo(expectedOther);
    assertThat(readBack.rows("raw.rejected_events", day, "reason", "line"))
        .isEqualTo(expectedRejected);
    assertThat(visible(untouched).loadId()).isEqualTo(kept);
    assertThat(receipt.loads()).extracting(load -> load.date()).containsOnly(day, other, refused);
    assertThat(receipt.loads()).hasSize(4);
    assertThat(receipt.text())
        .contains("rows removed from view:")
        .contains("raw.events 10")
        .doesNotContain(user);
    assertThat(receipt.json()).contains("\"rejected_lines_removed_from_view\" : 12");

    // What S3 still has of them changes nothing.
    assertThat(services.load(day, MEASURES).load().status()).hasToString("skipped");
    LoadReport forced = services.load(day, LoadMode.FORCED, MEASURES);
    assertThat(forced.load().status()).as(forced.text()).hasToString("published");
    assertThat(forced.load().counts().isBalanced()).isTrue();
    assertThat(forced.load().counts().rejectedByReason()).containsEntry("erased_user", 11L);
    assertThat(readBack.content(day)).isEqualTo(expected);
    assertThat(traces(user)).isEmpty();
    for (LoadReport gone : List.of(older, visible)) {
      assertThatThrownBy(() -> rollback(day, gone.load().loadId()))
          .isInstanceOf(LoadFailedException.class)
          .hasMessageContaining("is no longer whole (raw.events has 0 of 65 rows)");
    }
    assertThat(forget(user).loads()).isEqualTo(receipt.loads());
  }

  @Test
  void dayThatWasRolledBack_forget_leavesItHeld() {
    String user = fresh("gone-held");
    LocalDate day = day(5);
    services.put(day, "a.jsonl", SampleDay.lines(day, "a", 20));
    services.put(day, "b.jsonl", theirs(day, user));
    services.load(day);
    services.put(day, "c.jsonl", SampleDay.lines(day, "b", 20));
    services.load(day);
    rollback(day, -1);

    assertThat(forget(user).isFinished()).isTrue();

    assertThat(visible(day).isPinned()).isTrue();
    assertThat(events(day)).isEqualTo(20);
    assertThat(services.load(day).load().status()).hasToString("held");
    assertThat(traces(user)).isEmpty();
  }

  @Test
  void onlyUserOfADay_forget_leavesTheDayWithZeros() {
    String user = fresh("gone-alone");
    LocalDate day = day(6);
    services.put(day, "a.jsonl", theirs(day, user));
    services.load(day, "max-rejected-ratio", "1");
    assertThat(services.number("SELECT toInt64(dau) FROM marts.daily_activity" + of(day)))
        .isEqualTo(1);

    assertThat(forget(user).isFinished()).isTrue();

    assertThat(services.number("SELECT toInt64(dau) FROM marts.daily_activity" + of(day))).isZero();
    assertThat(events(day)).isZero();
    LoadReport forced = services.load(day, LoadMode.FORCED);
    assertThat(forced.load().status()).as(forced.text()).hasToString("published");
    assertThat(events(day)).isZero();
    assertThat(traces(user)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"CHECK, failed", "SWEEP, published"})
  void loadThatRuns_whenTheUserIsForgotten_doesNotBringThemBack(Step step, String status) {
    String user = fresh("gone-" + step);
    LocalDate day = day(step == Step.CHECK ? 7 : 8);
    services.put(day, "a.jsonl", SampleDay.lines(day, "a", 20));
    services.put(day, "b.jsonl", theirs(day, user));
    List<ErasureReceipt> meanwhile = new ArrayList<>();
    LoadReport report = services.load(day, new AtStep(step, () -> meanwhile.add(forget(user))));

    assertThat(report.load().status()).as(report.text()).hasToString(status);
    if (step == Step.CHECK) {
      assertThat(report.load().error())
          .isEqualTo(
              "a user was erased while "
                  + day
                  + " was loaded with their lines: load the day again");
      assertThat(meanwhile.get(0).isFinished()).isFalse();
      assertThat(meanwhile.get(0).problems())
          .contains(
              "load "
                  + report.load().loadId()
                  + " began before the user was forgotten and still runs");
      assertThat(services.load(day).load().status()).hasToString("published");
      assertThat(forget(user).isFinished()).isTrue();
    } else {
      assertThat(meanwhile.get(0).isFinished()).isTrue();
    }
    assertThat(events(day)).isEqualTo(20);
    assertThat(traces(user)).isEmpty();
  }

  @Test
  void loadPublishedMeanwhile_forget_makesTheDayOfThatOne() {
    String user = fresh("gone-overtaken");
    LocalDate day = day(9);
    services.put(day, "a.jsonl", SampleDay.lines(day, "a", 20));
    services.put(day, "b.jsonl", theirs(day, user));
    services.load(day);
    services.put(day, "c.jsonl", SampleDay.lines(day, "c", 30));

    ErasureReceipt receipt = forget(user, new AtStep(Step.MOVE, () -> services.load(day)));

    assertThat(receipt.problems()).isEmpty();
    assertThat(events(day)).isEqualTo(50);
    assertThat(traces(user)).isEmpty();
  }

  /** Days of a user each, whose forgets are killed with their driver, each at another place. */
  @Test
  void killedForget_nextOneFinishes() throws InterruptedException {
    List<KilledDay> days =
        List.of(
            new KilledDay(20, Step.WRITE, "raw.purchases"),
            new KilledDay(21, Step.MOVE, "raw.task_results"),
            new KilledDay(22, Step.PUBLISH, "ops.publications"),
            new KilledDay(23, Step.PUBLISH, "ops.loads"),
            new KilledDay(24, Step.SWEEP, "staging.user_day"));
    Deque<DayReader> readers = new ArrayDeque<>();
    try {
      days.forEach(day -> readers.add(new DayReader(day.date)));
      long unfinished = unfinished();
      kill(days.stream().flatMap(KilledDay::arguments).toArray(String[]::new));
      Iterator<DayReader> open = readers.iterator();
      days.forEach(day -> day.requireKilled(open.next()));
      unfinished += days.size();
      assertThat(unfinished()).isEqualTo(unfinished);
      for (KilledDay day : days) {
        silenceAllBut(day.date);
        day.requireFinishedByTheNextOne(readers.element());
        assertThat(unfinished()).isEqualTo(--unfinished);
        readers.remove().close();
      }
    } finally {
      for (DayReader left : readers) {
        left.close();
      }
    }
  }

  /** A published day with a user, and what readers see of it with and without them. */
  private static final class KilledDay {
    private final LocalDate date;
    private final Step step;
    private final String part;
    private final String user;
    private final String without;
    private final String with;
    private final Map<String, String> expected;

    private KilledDay(int number, Step step, String part) throws InterruptedException {
      this.date = day(number);
      this.step = step;
      this.part = part;
      this.user = fresh("gone-killed-" + number);
      services.put(date, "a.jsonl", SampleDay.lines(date, "a", 60));
      services.load(date);
      expected = readBack.content(date);
      try (DayReader reader = new DayReader(date)) {
        without = reader.state();
        services.put(date, "b.jsonl", theirs(date, user));
        services.load(date);
        with = reader.state();
      }
      assertThat(with).isNotEqualTo(without);
    }

    private Stream<String> arguments() {
      return Stream.of(user, step.name(), part);
    }

    private void requireKilled(DayReader reader) {
      assertThat(reader.state())
          .as(step + " " + part)
          .isEqualTo(part.equals("ops.loads") || step == Step.SWEEP ? without : with);
      assertThat(traces(user)).isNotEmpty();
    }

    private void requireFinishedByTheNextOne(DayReader reader) {
      long polls = reader.polls();
      ErasureReceipt receipt = forget(user);
      assertThat(reader.polls()).isGreaterThan(polls);
      assertThat(receipt.problems()).as(step + " " + part).isEmpty();
      assertThat(receipt.json()).contains("\"raw.events\" : 5");
      assertThat(reader.state()).isEqualTo(without);
      assertThat(reader.seen()).isSubsetOf(with, without);
      assertThat(readBack.content(date)).isEqualTo(expected);
      assertThat(traces(user)).isEmpty();
    }
  }

  @Test
  void killedForget_ofSomebodyElse_holdsUpLoadsNotAtAllAndForgetForMinutes()
      throws InterruptedException {
    String first = fresh("gone-first");
    String second = fresh("gone-second");
    LocalDate day = day(31);
    services.put(day, "a.jsonl", SampleDay.lines(day, "a", 20));
    services.load(day);
    final Map<String, String> expected = readBack.content(day);
    services.put(day, "b.jsonl", theirs(day, first));
    services.put(day, "c.jsonl", theirs(day, second));
    services.load(day, "max-rejected-ratio", "1");
    assertThat(events(day)).isEqualTo(30);

    kill(first, Step.MOVE.name(), "raw.task_results");
    long dead =
        services.number(
            "SELECT toInt64(max(load_id)) FROM ops.loads WHERE event_date = '" + day + "'");
    LoadReport load = services.load(day, LoadMode.FORCED, "max-rejected-ratio", "1");
    assertThat(load.load().status()).as(load.text()).hasToString("published");
    assertThat(events(day)).as("the first is left out").isEqualTo(25);

    silence(dead, 4);
    assertThat(forget(second).problems())
        .containsExactly("load " + dead + " began before the user was forgotten and still runs");
    assertThat(traces(second)).as("what may still be published").isNotEmpty();
    silence(dead, 6);
    assertThat(forget(second).problems()).isEmpty();
    assertThat(traces(second)).isEmpty();
    assertThat(forget(first).problems()).isEmpty();
    assertThat(traces(first)).isEmpty();
    assertThat(readBack.content(day)).isEqualTo(expected);
  }

  @Test
  void userOfMappedLines_isForgottenWithTheirRejectedLines() {
    LocalDate day = day(9);
    String user = "7" + System.nanoTime();
    String other = "1" + user;
    String at = quoted(day + "T10:00:00Z");
    String line = "{\"event_id\":\"%s\",\"who\":%s,\"event_type\":\"open\",\"event_timestamp\":%s}";
    String bad = String.format(line, "bad other", other, "true");
    String[] lines = {
      String.format(line, "other", other, at),
      String.format(line, "theirs", user, at),
      bad,
      String.format(line, "bad theirs", user, "true")
    };
    services.put(day, "a.jsonl", lines);
    String[] mapped = {"source.fields.user_id", "who", "max-rejected-ratio", "1"};
    assertThat(services.load(day, mapped).load().status()).hasToString("published");
    try (JobContext job = services.job(mapped)) {
      assertThat(new Forget(job, new SilentProgress()).run(user).problems()).isEmpty();
    }
    assertThat(readBack.rows("raw.events", day, "event_id", "user_id"))
        .containsExactly("other|" + other);
    assertThat(readBack.rows("raw.rejected_events", day, "line")).containsExactly(bad);

    LoadReport again = services.load(day, LoadMode.FORCED, mapped);
    assertThat(again.load().counts().rejectedByReason())
        .isEqualTo(Map.of("invalid_type", 1L, "erased_user", 2L));
  }

  /** As if only the loads of this day might still run; a forget waits for those of other users. */
  private static void silenceAllBut(LocalDate day) {
    String running = "status = 'running' AND event_date ";
    LocalServices.abandon(services.admin(), running + "!= '" + day + "'");
    LocalServices.heartbeat(services.admin(), 0, running + "= '" + day + "'");
  }

  /** As if the last heartbeat had come so long ago from a driver whose clock is an hour late. */
  private static void silence(long load, int minutes) {
    LocalServices.amend(
        services.admin(),
        "snowflakeIDToDateTime64(load_id) - INTERVAL 1 HOUR AS started_at, now64(6, 'UTC') -"
            + " INTERVAL 1 HOUR - toIntervalMinute("
            + minutes
            + ") AS heartbeat_at",
        "load_id = " + load);
  }

  private static void kill(String... arguments) throws InterruptedException {
    ForkedJvm.Result killed = drivers.run(arguments);
    assertThat(killed.code()).as(killed.text()).isEqualTo(ForkedJvm.KILLED);
  }

  /** Five good events of a user, and six lines at fault that name them, each in another way. */
  private static String[] theirs(LocalDate day, String user) {
    String at = quoted(day + "T10:00:00Z");
    String escaped = user.replace("Ü", "\\u00dc").replace("ö", "\\u00F6");
    String of = Integer.toHexString(user.hashCode()) + "-" + day;
    return new String[] {
      event(quoted("e1-" + of), escaped, "open", at, "\"session_id\":\"s-theirs\""),
      event(quoted("e2-" + of), user, "purchase", at, "\"purchase_amount\":5"),
      event(quoted("e3-" + of), user, "purchase", at, "\"purchase_amount\":\"-1.5\""),
      event(
          quoted("e4-" + of),
          user,
          "task_result",
          at,
          "\"task_id\":\"t1\",\"task_result\":\"success\""),
      event(
          quoted("e5-" + of),
          user,
          "ab_test_assignment",
          at,
          "\"ab_test_id\":\"x\",\"ab_group\":\"g0\""),
      event(quoted("r1-" + of), escaped, "open", quoted("not a time"), ""),
      event(quoted("r2-" + of), user, "purchase", at, "\"purchase_amount\":\"much\""),
      "{\"user_id\":\"somebody\",\"user_id\":\"" + user + "\"}",
      "{\"user_id\": \"" + user + "\", \"cut",
      "trailing " + user + " garbage",
      // A lone surrogate: kept as base64.
      "{\"user_id\":\"" + user + "\",\"x\":\"\\ud800\"}"
    };
  }

  private static ErasureReceipt forget(String user) {
    return forget(user, new SilentProgress());
  }

  private static ErasureReceipt forget(String user, Progress progress) {
    try (JobContext job = services.job()) {
      return new Forget(job, progress).run(user);
    }
  }

  private static Publication rollback(LocalDate day, long load) {
    try (JobContext job = services.job()) {
      return new Rollback(job).run(day, load < 0 ? OptionalLong.empty() : OptionalLong.of(load));
    }
  }

  /** Where a text still is: every column of text of every table, stage tables and ledger too. */
  private static List<String> traces(String text) {
    List<String> queries = new ArrayList<>();
    String ascii = text.replace("Ü", "\\u00dc").replace("ö", "\\u00F6");
    services
        .rows(
            "SELECT database, table, arrayStringConcat(groupArray('toString(`' ||"
                + " name || '`)'), ', ') AS texts FROM system.columns WHERE"
                + " (type LIKE '%String%') AND (database, table) IN (SELECT database, name FROM"
                + " system.tables WHERE engine LIKE '%MergeTree' AND database != 'system')"
                + " GROUP BY database, table")
        .forEach(
            row -> {
              String table = row.getString("database") + "." + row.getString("table");
              String all = "concat(" + row.getString("texts") + ", '')";
              String decoded = table.contains("rejected") ? ", tryBase64Decode(line)" : "";
              String where =
                  Stream.of(text, ascii.replace("\\", "\\\\"))
                      .map(
                          form -> "position(concat(" + all + decoded + ", ''), '" + form + "') > 0")
                      .reduce((a, b) -> a + " OR " + b)
                      .orElseThrow();
              queries.add(
                  "SELECT '"
                      + table
                      + ": ' || toString(count()) AS found FROM "
                      + table
                      + " WHERE "
                      + where
                      + " HAVING count() > 0");
            });
    assertThat(
            services.number(
                "SELECT count() FROM system.mutations WHERE position(command, '" + text + "') > 0"))
        .isZero();
    return services.rows(String.join(" UNION ALL ", queries)).stream()
        .map(row -> row.getString("found"))
        .toList();
  }

  private static long unfinished() {
    return services.number(
        "SELECT count() FROM (SELECT user_hash FROM ops.erased_users GROUP BY user_hash HAVING NOT"
            + " max(is_finished))");
  }

  private static Publication visible(LocalDate day) {
    return LocalServices.publications(services.admin()).current(day).orElseThrow();
  }

  private static long events(LocalDate day) {
    return services.number("SELECT count() FROM raw.events" + of(day));
  }

  private static String of(LocalDate day) {
    return " WHERE event_date = '" + day + "'";
  }

  /** An id that no test has used, not even of an earlier run on the same services. */
  private static String fresh(String name) {
    return name + "-" + System.nanoTime();
  }

  private static LocalDate day(int number) {
    return LocalDate.of(2041, 1, number);
  }
}
