package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.store.LoadStatus;
import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.clickhouse.store.Publications;
import edtech.analytics.clickhouse.store.Replicas;
import edtech.analytics.forget.ErasureReceipt;
import edtech.analytics.forget.Forget;
import edtech.analytics.job.JobContext;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import edtech.analytics.testing.AtStep;
import edtech.analytics.testing.DayReader;
import edtech.analytics.testing.Extent;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.ReplicaServers;
import edtech.analytics.testing.SampleDay;
import edtech.analytics.testing.SilentProgress;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On real replicas: a reader of any of them sees a day whole or not at all. */
class ReplicasIT {
  private static final String ABSENT =
      "CLICKHOUSE_REPLICAS names no servers: make test-replicas"
          + " CLICKHOUSE_REPLICAS=http://a:8123,http://b:8123, with an administrator's"
          + " CLICKHOUSE_USER and CLICKHOUSE_PASSWORD";

  private static final String NOBODY = "http://127.0.0.1:1";
  private static final List<String> TABLES = Tables.PUBLISHED.stream().map(Table::logical).toList();

  private static final AtomicLong DAYS = new AtomicLong();

  private static LocalServices services;
  private static ReplicaServers replicas;

  /** Days that no run before this one had, as the servers keep theirs. */
  private final LocalDate day =
      LocalDate.of(2036, 1, 1)
          .plusDays(System.currentTimeMillis() / 1000 % 1_000 * 20 + DAYS.getAndIncrement());

  @BeforeAll
  static void open() {
    if (ReplicaServers.areThere()) {
      services = new LocalServices("replicas");
      replicas = new ReplicaServers();
    } else {
      // Maven counts a skipped test, but does not say why it was.
      System.out.println("ReplicasIT is skipped: " + ABSENT);
    }
    assumeTrue(ReplicaServers.areThere(), ABSENT);
  }

  @AfterAll
  static void close() {
    if (replicas != null) {
      replicas.close();
      services.close();
    }
  }

  @Test
  void manyPublications_areSeenWhole_onEveryReplica() throws Exception {
    int publications = Extent.of(40, 200);
    List<Poller> readers = new ArrayList<>();
    for (int number = 1; number <= replicas.count(); number++) {
      readers.add(new Poller(replicas.url(number)));
    }
    for (int i = 1; i <= publications; i++) {
      publishRows(1000L * (i % 7 + 1));
    }
    List<Publication> last = new Publications(replicas.server(1)).all(day).subList(0, 1);
    for (int number = 1; number <= replicas.count(); number++) {
      assertThat(new Replicas(replicas.server(number), "").awaitShown(last)).isEmpty();
    }
    for (Poller reader : readers) {
      reader.close();
      System.out.printf(
          "replicas: %d publications, %d polls, partial: %s%n",
          publications, reader.polls, reader.partial);
      assertThat(reader.fault).isNull();
      assertThat(reader.partial).isEmpty();
      assertThat(reader.polls).isGreaterThan(publications);
    }
  }

  /** Reads two tables of the day on one replica, in one query, again and again. */
  private final class Poller extends Thread {
    private final ClickHouse server;
    private final Set<String> partial = new HashSet<>();
    private long polls;
    private RuntimeException fault;
    private volatile boolean isOver;

    private Poller(String url) {
      server = ReplicaServers.connect(url);
      start();
    }

    @Override
    public void run() {
      try {
        while (!isOver) {
          String seen = usersAndDau(server);
          polls++;
          if (!seen.matches("(\\d+)=\\1")) {
            partial.add(seen);
          }
        }
      } catch (RuntimeException e) {
        fault = e;
      }
    }

    private void close() throws InterruptedException {
      isOver = true;
      join();
      server.close();
    }
  }

  private String usersAndDau(ClickHouse server) {
    return server
        .rows(
            "SELECT concat(toString((SELECT count() FROM staging.user_day WHERE event_date = '"
                + day
                + "')), '=', toString((SELECT sum(dau) FROM marts.daily_activity WHERE event_date = '"
                + day
                + "'))) AS seen")
        .get(0)
        .getString("seen");
  }

  /** A load of rows of two tables, the large one on its way to the others when it is published. */
  private void publishRows(long users) {
    ClickHouse server = replicas.server(1);
    Publications publications = new Publications(server);
    long load = publications.nextSeq();
    server.execute(
        "INSERT INTO store.staging_user_day (event_date, user_id, load_id) SELECT '"
            + day
            + "', toString(number), "
            + load
            + " FROM numbers("
            + users
            + ")");
    server.execute(
        "INSERT INTO store.marts_daily_activity (event_date, dau, load_id) VALUES ('"
            + day
            + "', "
            + users
            + ", "
            + load
            + ")");
    publications.publish(
        new Publication(day, load, load, "made by a test"),
        Map.of("staging.user_day", users, "marts.daily_activity", 1L));
  }

  @Test
  void aLoad_takesTheFirstServerThatAnswers_andDecidesByWhatAnotherOneWasTold() throws Exception {
    Set<String> seen = new HashSet<>();
    String nothing = states(replicas.server(2)).iterator().next();
    try (DayReader reader = reader(2)) {
      services.put(day, "a.jsonl", SampleDay.lines(day, "a", 300));
      LoadReport first = load(replicas.url(1));
      String a = shown(first, 1);
      // The second server answers for what the first one has done.
      assertThat(load(NOBODY + "," + replicas.url(2)).load().status())
          .isEqualTo(LoadStatus.SKIPPED);
      services.put(day, "b.jsonl", SampleDay.lines(day, "b", 300));
      LoadReport second = load(NOBODY + "," + replicas.url(2));
      assertThat(second.load().loadId()).isGreaterThan(first.load().loadId());
      String b = shown(second, 2);
      assertThat(shown(second, 1)).isEqualTo(b);
      try (JobContext job = job(replicas.url(1))) {
        Publication back = new Rollback(job).run(day, OptionalLong.empty());
        assertThat(back.loadId()).isEqualTo(first.load().loadId());
        assertThat(job.replicas().awaitShown(List.of(back))).isEmpty();
      }
      assertThat(states(replicas.server(1))).containsExactly(a);
      seen.addAll(reader.seen());
      assertThat(seen).isSubsetOf(nothing, a, b).contains(b);
    }
  }

  @Test
  void aReplicaThatLags_showsTheDayBefore_andItsLoadIsSweptOnlyAfterwards() throws Exception {
    services.put(day, "a.jsonl", SampleDay.lines(day, "a", 300));
    LoadReport first = load(replicas.url(1));
    shown(first, 1);
    String before = shown(first, 2);
    LoadReport second;
    try (DayReader reader = reader(2)) {
      replicas.hinder(2, true);
      try {
        services.put(day, "b.jsonl", SampleDay.lines(day, "b", 300));
        second = load(replicas.url(1));
        shown(second, 1);
        Thread.sleep(3_000);
        assertThat(states(replicas.server(2))).containsExactly(before);
        try (JobContext job = job(replicas.url(1), "keep-loads", "1", "sweep-grace-minutes", "0")) {
          job.sweep().run();
        }
        assertThat(rowsOf(replicas.server(1), first)).isPositive();
      } finally {
        replicas.hinder(2, false);
      }
      assertThat(shown(second, 2)).isNotEqualTo(before);
      assertThat(reader.seen()).isSubsetOf(before, reader.state());
    }

    // Loads of other tests that were killed look as if they ran.
    LocalServices.abandon(replicas.server(1), "status = 'running'");
    try (JobContext job = job(replicas.url(1))) {
      ErasureReceipt receipt = new Forget(job, new SilentProgress()).run("u7");
      assertThat(receipt.problems()).isEmpty();
      assertThat(receipt.replicas()).hasSize(replicas.count());
      assertThat(receipt.replicas().values()).containsOnly(true);
    }
    for (int number = 1; number <= replicas.count(); number++) {
      assertThat(rowsOf(replicas.server(number), first)).isZero();
      assertThat(
              replicas
                  .server(number)
                  .number(
                      "SELECT count() FROM store.raw_events WHERE user_id = 'u7' AND event_date = '"
                          + day
                          + "'",
                      Map.of()))
          .isZero();
    }
  }

  @Test
  void aReplicaThatIsKilled_comesBackWithWholeDays() throws Exception {
    assumeTrue(
        ReplicaServers.canBeKilled(),
        "REPLICA_STOP and REPLICA_START, commands that take a server's number, are not set");
    Set<String> whole = new HashSet<>(states(replicas.server(2)));
    try (DayReader reader = reader(2)) {
      reader.mayFail(true);
      for (Step step : List.of(Step.READ, Step.WRITE, Step.MOVE, Step.PUBLISH, Step.SWEEP)) {
        services.put(day, step + ".jsonl", SampleDay.lines(day, step.toString(), 2_000));
        LoadReport report = load(replicas.url(1), new AtStep(step, () -> replicas.kill(2)));
        whole.add(shown(report, 1));
        replicas.start(2);
        shown(report, 2);
      }
      reader.mayFail(false);
      assertThat(reader.seen()).isSubsetOf(whole);
    } finally {
      replicas.start(2);
    }
  }

  @Test
  void theJobsReplicaIsKilled_theLoadFails_andTheNextTakesAnother() throws Exception {
    assumeTrue(
        ReplicaServers.canBeKilled(),
        "REPLICA_STOP and REPLICA_START, commands that take a server's number, are not set");
    String both = replicas.url(1) + "," + replicas.url(2);
    Set<String> whole = new HashSet<>(states(replicas.server(2)));
    try (DayReader reader = reader(2)) {
      for (Step step : List.of(Step.READ, Step.WRITE, Step.CHECK, Step.MOVE, Step.PUBLISH)) {
        services.put(day, step + ".jsonl", SampleDay.lines(day, step.toString(), 2_000));
        LoadReport failed =
            load(
                replicas.url(1),
                new AtStep(step, () -> replicas.kill(1)),
                "clickhouse.retries",
                "0");
        assertThat(failed.load().status()).as(step.toString()).isEqualTo(LoadStatus.FAILED);
        assertThat(failed.load().error()).contains("ClickHouse at " + replicas.url(1));
        whole.add(shown(load(both), 2));
        replicas.start(1);
      }
      assertThat(reader.seen()).isSubsetOf(whole);
    } finally {
      replicas.start(1);
    }
  }

  private static JobContext job(String addresses, String... settings) {
    return services.job(ReplicaServers.settings(addresses, settings));
  }

  private LoadReport load(String addresses) {
    return load(addresses, new SilentProgress());
  }

  private LoadReport load(String addresses, Progress progress, String... settings) {
    return services.load(day, progress, ReplicaServers.settings(addresses, settings));
  }

  /** The state of the day, once a server shows the load. */
  private String shown(LoadReport report, int number) {
    assertThat(report.load().error()).isEmpty();
    Publication publication =
        new Publication(day, report.load().loadId(), report.load().loadId(), "");
    assertThat(new Replicas(replicas.server(number), "").awaitShown(List.of(publication)))
        .isEmpty();
    return states(replicas.server(number)).iterator().next();
  }

  private Set<String> states(ClickHouse server) {
    return Set.of(server.rows(DayReader.query(TABLES, day)).get(0).getString("state"));
  }

  private DayReader reader(int number) {
    return new DayReader(ReplicaServers.connect(replicas.url(number)), TABLES, day);
  }

  private long rowsOf(ClickHouse server, LoadReport report) {
    return server.number(
        "SELECT count() FROM store.raw_events WHERE load_id = " + report.load().loadId(), Map.of());
  }
}
