package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.clickhouse.store.LoadStatus;
import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.clickhouse.store.Replicas;
import edtech.analytics.testing.AtStep;
import edtech.analytics.testing.DayReader;
import edtech.analytics.testing.ReplicaServers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Replicas that get SIGKILL at each step of a load, and are started again. */
class ReplicaKillsIT extends OnReplicas {
  /** A moment of a load, and what does something then. */
  private record Moment(String name, Function<Runnable, Progress> at) {
    private static Moment of(Step step) {
      return new Moment(step.key(), action -> new AtStep(step, action));
    }

    private static Moment of(Step step, String part) {
      return new Moment(part, action -> new AtStep(step, part, action));
    }
  }

  private static List<Moment> steps() {
    return Arrays.stream(Step.values()).map(Moment::of).toList();
  }

  @Test
  void theOtherReplicaIsKilled_theDayIsPublished_andItComesBackWithWholeDays() throws Exception {
    requireKills();
    Set<String> whole = new HashSet<>(Set.of(state(2)));
    try (DayReader reader = reader(2)) {
      reader.mayFail(true);
      for (Moment moment : steps()) {
        put(moment.name(), 1_000);
        LoadReport report = load(replicas.url(1), moment.at().apply(() -> replicas.kill(2)));
        whole.add(shown(report, 1));
        replicas.start(2);
        whole.add(shown(report, 2));
        assertThat(reader.seen()).as(moment.name()).isSubsetOf(whole);
      }

      replicas.kill(2);
      put("before", 1_000);
      LoadReport before = load(replicas.url(1));
      whole.add(shown(before, 1));
      replicas.start(2);
      shown(before, 2);

      put("after", 1_000);
      LoadReport after = load(replicas.url(1));
      replicas.kill(2);
      whole.add(shown(after, 1));
      replicas.start(2);
      shown(after, 2);
      assertThat(reader.seen()).isSubsetOf(whole);
      System.out.printf(
          "replicas: the other one killed %d times, %d polls of it%n",
          steps().size() + 2, reader.polls());
    } finally {
      replicas.start(2);
    }
  }

  @Test
  void theJobsReplicaIsKilled_theLoadFails_andTheNextTakesAnother() throws Exception {
    requireKills();
    List<Moment> moments = new ArrayList<>(steps());
    // Nothing is left to fail.
    moments.removeIf(moment -> moment.name().equals(Step.SWEEP.key()));
    moments.add(
        new Moment(
            "identities", action -> new AtStep(Step.CHECK, () -> onceObjectsAreCounted(action))));
    moments.add(Moment.of(Step.PUBLISH, "ops.publications"));
    Set<String> whole = new HashSet<>(Set.of(state(2)));
    int waited = 0;
    try (DayReader reader = reader(2)) {
      for (Moment moment : moments) {
        put(moment.name(), 1_000);
        LoadReport failed =
            load(
                replicas.url(1),
                moment.at().apply(() -> replicas.kill(1)),
                "clickhouse.retries",
                "0");
        assertThat(failed.load().status()).as(moment.name()).isEqualTo(LoadStatus.FAILED);
        assertThat(failed.load().error()).contains("ClickHouse at " + replicas.url(1));
        LoadReport next = load(replicas.url(1) + "," + replicas.url(2));
        if (next.load().error().contains(" lacks rows that ")) {
          // It died before the other one had the last rows that it took.
          waited++;
          replicas.start(1);
          next = load(replicas.url(2));
        }
        whole.add(shown(next, 2));
        replicas.start(1);
        assertThat(shown(next, 1)).isIn(whole);
        assertThat(reader.seen()).as(moment.name()).isSubsetOf(whole);
      }
      System.out.printf(
          "replicas: the job's one killed %d times, %d times the next load had to wait for it,"
              + " %d polls of the other%n",
          moments.size(), waited, reader.polls());
      assertThat(waited).as("loads that the other replica could not take").isLessThan(4);
    } finally {
      replicas.start(1);
    }
  }

  @Test
  void theJobsReplicaIsKilled_whenTheRowIsIn_theDayIsPublished_andIsShownWhole() throws Exception {
    requireKills();
    put("first", 1_000);
    LoadReport first = load(replicas.url(1));
    shown(first, 1);
    Set<String> whole = new HashSet<>(Set.of(shown(first, 2)));
    put("second", 1_000);
    try (DayReader reader = reader(2)) {
      LoadReport report =
          load(
              replicas.url(1),
              new AtStep(Step.PUBLISH, "ops.loads", () -> replicas.kill(1)),
              "clickhouse.retries",
              "0");
      assertThat(report.load().status()).isEqualTo(LoadStatus.PUBLISHED);
      replicas.start(1);
      whole.add(shown(report, 1));
      assertThat(shown(report, 2)).isIn(whole);

      // While the run waits until readers see it.
      put("third", 1_000);
      LoadReport last = load(replicas.url(1));
      replicas.kill(1);
      Publication published = new Publication(day, last.load().loadId(), last.load().loadId(), "");
      try (ClickHouse server = ReplicaServers.connect(replicas.url(1))) {
        assertThat(awaitsInVain(server, published)).contains("ClickHouse at " + replicas.url(1));
      }
      replicas.start(1);
      whole.add(shown(last, 1));
      assertThat(shown(last, 2)).isIn(whole);
      assertThat(reader.seen()).isSubsetOf(whole);
    } finally {
      replicas.start(1);
    }
  }

  private static String awaitsInVain(ClickHouse server, Publication published) {
    try {
      new Replicas(server, "").awaitShown(List.of(published));
      return "";
    } catch (ClickHouseException e) {
      return e.getMessage();
    }
  }

  /** Between the counts of the day's objects and the end of the check. */
  private void onceObjectsAreCounted(Runnable action) {
    ClickHouse server = replicas.server(1);
    String objects =
        "SELECT count() FROM ops.load_objects WHERE event_date = {date:Date} AND load_id ="
            + " (SELECT max(load_id) FROM store.load_log WHERE event_date = {date:Date})";
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    Thread watch =
        new Thread(
            () -> {
              while (server.number(objects, Map.of("date", day.toString())) == 0) {
                // A load that failed before counts none: nobody is killed for it in a later test.
                if (System.nanoTime() > end) {
                  return;
                }
              }
              action.run();
            },
            "killer");
    watch.setDaemon(true);
    watch.start();
  }
}
