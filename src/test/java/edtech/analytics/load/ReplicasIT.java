package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.store.LoadStatus;
import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.clickhouse.store.Publications;
import edtech.analytics.clickhouse.store.Replicas;
import edtech.analytics.job.JobContext;
import edtech.analytics.testing.DayReader;
import edtech.analytics.testing.Extent;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.ReplicaServers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** On real replicas: a reader of any of them sees a day whole or not at all. */
class ReplicasIT extends OnReplicas {
  private static final String NOBODY = "http://127.0.0.1:1";

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
    List<Publication> last = LocalServices.publications(replicas.server(1)).all(day).subList(0, 1);
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
    Publications publications = LocalServices.publications(server);
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
    String nothing = state(2);
    try (DayReader reader = reader(2)) {
      put("a", 300);
      LoadReport first = load(replicas.url(1));
      String a = shown(first, 1);
      // The second server answers for what the first one has done.
      assertThat(load(NOBODY + "," + replicas.url(2)).load().status())
          .isEqualTo(LoadStatus.SKIPPED);
      put("b", 300);
      LoadReport second = load(NOBODY + "," + replicas.url(2));
      assertThat(second.load().loadId()).isGreaterThan(first.load().loadId());
      String b = shown(second, 2);
      assertThat(shown(second, 1)).isEqualTo(b);
      try (JobContext job = job(replicas.url(1))) {
        Publication back = new Rollback(job).run(day, OptionalLong.empty());
        assertThat(back.loadId()).isEqualTo(first.load().loadId());
        assertThat(job.replicas().awaitShown(List.of(back))).isEmpty();
      }
      assertThat(state(1)).isEqualTo(a);
      seen.addAll(reader.seen());
      assertThat(seen).isSubsetOf(nothing, a, b).contains(b);
    }
  }

  @Test
  void aReplicaThatLags_showsTheDayBefore_andItsLoadIsSweptOnlyAfterwards() throws Exception {
    put("a", 300);
    LoadReport first = load(replicas.url(1));
    shown(first, 1);
    String before = shown(first, 2);
    LoadReport second;
    try (DayReader reader = reader(2)) {
      replicas.hinder(2, true);
      try {
        put("b", 300);
        second = load(replicas.url(1));
        shown(second, 1);
        Thread.sleep(3_000);
        assertThat(state(2)).isEqualTo(before);
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
  }

  /** The large tables arrive late, and one after the other. */
  @Test
  void aReplicaThatFetchesSlowly_showsTheDayBefore_untilItHasAll() throws Exception {
    requireKills();
    put("a", 300);
    shown(load(replicas.url(1)), 1);
    try {
      replicas.limitFetches(2, 4_000);
      String before = state(2);
      put("b", 4_000);
      try (DayReader reader = reader(2)) {
        LoadReport second = load(replicas.url(1));
        long published = System.nanoTime();
        String after = shown(second, 1);
        double here = (System.nanoTime() - published) / 1e9;
        assertThat(state(2)).isEqualTo(before);
        assertThat(shown(second, 2)).isEqualTo(after);
        double there = (System.nanoTime() - published) / 1e9;
        assertThat(reader.seen()).isSubsetOf(before, after);
        System.out.printf(
            "replicas: shown after %.1f s where it was loaded, after %.1f s where fetches are slow,"
                + " %d polls%n",
            here, there, reader.polls());
        assertThat(there).isGreaterThan(here + 3);
      }
    } finally {
      replicas.limitFetches(2, 0);
    }
  }
}
