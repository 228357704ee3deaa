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
import edtech.analytics.model.Tables;
import edtech.analytics.testing.DayReader;
import edtech.analytics.testing.ForkedJvm;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.ReplicaServers;
import edtech.analytics.testing.SampleDay;
import edtech.analytics.testing.SilentProgress;
import edtech.analytics.testing.ThisJvm;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the commands do and say while a replica is away, and when it is back. */
class ReplicaAwayIT extends OnReplicas {
  /** Of the test's day alone. */
  private static final String USER = "away-" + System.nanoTime();

  /** As system.replicas has it. */
  private static String name(int number) {
    return replicas
        .server(number)
        .rows("SELECT any(replica_name) AS name FROM system.replicas WHERE database = 'ops'")
        .get(0)
        .getString("name");
  }

  private static ForkedJvm.Result run(String... arguments) {
    return ThisJvm.run(ReplicaServers.environment(replicas.url(1)), arguments);
  }

  @Test
  void nothingThatTheAbsentOneMayShowIsDropped_andAnErasureIsDoneWhenItHasDoneIt()
      throws Exception {
    requireKills();
    String here = name(1);
    String away = name(2);
    put("a", 300);
    String line = SampleDay.lines(day, "theirs", 1)[0];
    services.put(day, "theirs.jsonl", line.replace("\"u0\"", "\"" + USER + "\""));
    LoadReport first = load(replicas.url(1));
    shown(first, 1);
    assertThat(visibleRowsOfUser(replicas.server(1))).isEqualTo(1);
    Set<String> whole = new HashSet<>(Set.of(shown(first, 2)));
    try (DayReader reader = reader(2)) {
      reader.mayFail(true);
      replicas.kill(2);

      put("b", 300);
      LoadReport unsafe = load(replicas.url(1), "clickhouse.min-replicas", "2");
      assertThat(unsafe.load().status()).isEqualTo(LoadStatus.FAILED);
      assertThat(unsafe.load().error())
          .contains(
              "1 (" + here + ") of the 2 replicas that clickhouse.min-replicas asks for holds load",
              "nothing was published; look why the others do not, or lower the setting");
      assertThat(whole).contains(state(1));

      LoadReport second = load(replicas.url(1));
      whole.add(shown(second, 1));
      ForkedJvm.Result status = run("status");
      assertThat(status.code()).as(status.text()).isZero();
      assertThat(status.out())
          .contains(
              "shown:     on 1 of 2 replicas: ", "away:      replicas " + away + " do not answer");

      ForkedJvm.Result sweep =
          run("sweep", "--set", "keep-loads=1", "--set", "sweep-grace-minutes=0");
      assertThat(sweep.err())
          .contains(
              "warning: replicas are away ("
                  + away
                  + "): loads that they may still show are kept until a sweep finds them back");
      assertThat(rowsOf(replicas.server(1), first)).isPositive();

      ErasureReceipt open = forget();
      assertThat(open.isFinished()).isFalse();
      assertThat(open.replicas()).containsEntry(away, false);
      assertThat(open.text()).contains("  replica " + away + ": not erased yet\n");
      assertThat(open.problems()).anyMatch(problem -> problem.contains(away));
      assertThat(rowsOf(replicas.server(1), first)).isPositive();
      assertThat(visibleRowsOfUser(replicas.server(1))).isZero();
      whole.add(state(1));

      replicas.start(2);
      reader.mayFail(false);
      Publication last = LocalServices.publications(replicas.server(1)).current(day).orElseThrow();
      assertThat(new Replicas(replicas.server(2), "").awaitShown(List.of(last))).isEmpty();
      assertThat(whole).contains(state(2));

      ErasureReceipt done = forget();
      assertThat(done.problems()).isEmpty();
      assertThat(done.replicas()).isEqualTo(Map.of(here, true, away, true));
      assertThat(done.json()).contains("\"erased_by_replica\"");
      for (int number = 1; number <= replicas.count(); number++) {
        assertThat(rowsOf(replicas.server(number), first)).isZero();
        assertThat(rowsOf(replicas.server(number), second)).isZero();
        assertThat(rowsOfUser(replicas.server(number))).isZero();
      }
      assertThat(run("status").out()).contains("shown:     on 2 of 2 replicas: ");
      assertThat(reader.seen()).isSubsetOf(whole);
    } finally {
      replicas.start(2);
    }
  }

  @Test
  void aRowThatOnlyTheAbsentOneHas_isSaidByStatus_andKeepsLoadsFromDeciding() {
    requireKills();
    String away = name(2);
    put("a", 50);
    shown(load(replicas.url(1)), 2);
    ClickHouse other = replicas.server(2);
    Publications theirs = LocalServices.publications(other);
    other.execute("SYSTEM STOP REPLICATED SENDS ops.publications");
    theirs.publish(new Publication(day, theirs.nextSeq(), 0, "withdrawn"), Map.of());
    replicas.kill(2);
    try {
      String lacking = "ops.publications lacks rows that replica " + away + " has taken";
      ForkedJvm.Result status = run("status");
      assertThat(status.code()).as(status.text()).isZero();
      assertThat(status.out())
          .contains(
              "published: ",
              "behind:    " + lacking + ": what is shown here may be older",
              "away:      replicas " + away + " do not answer",
              "last loads (UTC):");
      System.out.printf("replicas: status without a row took %.1f s%n", status.seconds());
      assertThat(status.seconds()).isLessThan(60);

      put("b", 50);
      LoadReport undecided = load(replicas.url(1));
      assertThat(undecided.load().status()).isEqualTo(LoadStatus.FAILED);
      assertThat(undecided.load().error())
          .contains(lacking + ": start what is away, then run this again");
    } finally {
      replicas.start(2);
    }
    assertThat(load(replicas.url(1)).load().status()).isEqualTo(LoadStatus.HELD);
    assertThat(run("status").out()).doesNotContain("behind:");
  }

  @Test
  void theReader_seesOnEachReplicaWhatItShows_inTheStoreToo() throws Exception {
    assumeTrue(
        ReplicaServers.hasUser("READER"),
        "CLICKHOUSE_READER_USER and CLICKHOUSE_READER_PASSWORD name no user of the replicas");
    put("a", 300);
    LoadReport first = load(replicas.url(1));
    shown(first, 1);
    shown(first, 2);
    put("b", 300);
    replicas.hinder(2, true);
    LoadReport second;
    try {
      second = load(replicas.url(1));
      shown(second, 1);
      assertThat(loadsInView(1)).containsExactly(second.load().loadId());
      assertThat(loadsInView(2)).containsExactly(first.load().loadId());
    } finally {
      replicas.hinder(2, false);
    }
    shown(second, 2);
    assertThat(loadsInView(2)).containsExactly(second.load().loadId());
  }

  /** Of the views' rows and of the store's, which row policies filter. */
  private Set<Long> loadsInView(int number) {
    try (ClickHouse reader = ReplicaServers.connect(replicas.url(number), "READER")) {
      String ofDay = " WHERE event_date = '" + day + "'";
      long inView = reader.number("SELECT count() FROM raw.events" + ofDay, Map.of());
      assertThat(inView)
          .isEqualTo(reader.number("SELECT count() FROM store.raw_events" + ofDay, Map.of()))
          .isPositive();
      Set<Long> loads = new HashSet<>();
      reader
          .rows("SELECT DISTINCT toInt64(load_id) AS load FROM store.raw_events" + ofDay)
          .forEach(row -> loads.add(row.getLong("load")));
      return loads;
    }
  }

  private ErasureReceipt forget() {
    // Loads of other tests that were killed look as if they ran.
    LocalServices.abandon(replicas.server(1), "status = 'running'");
    try (JobContext job = job(replicas.url(1))) {
      return new Forget(job, new SilentProgress()).run(USER);
    }
  }

  private long rowsOfUser(ClickHouse server) {
    return rowsOfUser(server, Tables.EVENTS.physical());
  }

  private long visibleRowsOfUser(ClickHouse server) {
    return rowsOfUser(server, Tables.EVENTS.logical());
  }

  private long rowsOfUser(ClickHouse server, String table) {
    return server.number(
        "SELECT count() FROM "
            + table
            + " WHERE user_id = '"
            + USER
            + "' AND event_date = '"
            + day
            + "'",
        Map.of());
  }
}
