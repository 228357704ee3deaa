package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.job.JobContext;
import edtech.analytics.testing.DayReader;
import edtech.analytics.testing.Extent;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.OwnClickHouse;
import edtech.analytics.testing.PartitionReplacement;
import edtech.analytics.testing.PublishedLoad;
import edtech.analytics.testing.Replacing;
import edtech.analytics.testing.SampleDay;
import edtech.analytics.testing.ServerKills;
import edtech.analytics.testing.SilentProgress;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The server killed with SIGKILL at random moments of steps 4 to 10, while one content of a
 * published day replaces the other. The same kills are shown to catch REPLACE PARTITION.
 */
class ServerKillIT {
  private static final LocalDate DAY = LocalDate.of(2034, 1, 1);
  private static final int EVENTS = 600;

  private static LocalServices services;
  private static OwnClickHouse server;

  @BeforeAll
  static void open() {
    services = new LocalServices("server-kill");
    server = new OwnClickHouse();
    for (int content = 0; content < 2; content++) {
      services.putInto(
          String.valueOf(content),
          DAY,
          "a.jsonl",
          SampleDay.lines(DAY, "c" + content, EVENTS + 100 * content));
    }
  }

  @AfterAll
  static void close() {
    server.close();
    services.close();
  }

  @Test
  void killedWhileADayIsLoaded_readersSeeOneContentWholeInAllTables() throws InterruptedException {
    PublishedLoad load = new PublishedLoad(services, server, DAY);
    try (DayReader reader = reader(load)) {
      List<String> states = states(load, reader);
      Random random = Extent.random("server kills");
      ServerKills.Tally tally =
          new ServerKills(server, load, reader, states, random)
              .run(Extent.of(4, 120), seen -> false);
      Extent.say("server kills: " + tally + "; polls " + reader.polls());

      assertThat(tally.mixedWhilePolled).isZero();
      assertThat(tally.mixedAfterRestart).isZero();
      assertThat(tally.lost).isZero();
      assertThat(tally.early).isZero();
      assertThat(tally.notRepaired).isZero();
      assertThat(reader.polls()).isGreaterThan(50);
      assertThat(tally.errors().keySet()).allMatch(ServerKillIT::isClear);
      requireNoLeftovers();
    }
  }

  @Test
  void sameKills_replacePartition_areCaught() throws InterruptedException {
    PublishedLoad load = new PublishedLoad(services, server, DAY);
    PartitionReplacement control = new PartitionReplacement(server.admin(), DAY);
    for (int content = 0; content < 2; content++) {
      assertThat(load.replace(content, new SilentProgress())).isEmpty();
      control.keep(content);
    }
    try (DayReader reader = reader(control)) {
      List<String> states = states(control, reader);
      // Being filled and replaced for the first time, table by table.
      reader.seen().clear();
      Random random = Extent.random("kills of REPLACE PARTITION");
      ServerKills.Tally tally =
          new ServerKills(server, control, reader, states, random)
              .run(Extent.of(12, 100), seen -> !Extent.isFull() && isCaught(seen));
      Extent.say("kills of REPLACE PARTITION: " + tally);
      assertThat(isCaught(tally)).isTrue();
    }
  }

  private static boolean isCaught(ServerKills.Tally tally) {
    return tally.mixedAfterRestart > 0 && tally.mixedWhilePolled > 0;
  }

  private static DayReader reader(Replacing replacing) {
    return new DayReader(
        server.connect("CLICKHOUSE_USER", "CLICKHOUSE_PASSWORD"), replacing.tables(), DAY);
  }

  private static List<String> states(Replacing replacing, DayReader reader) {
    List<String> states = new ArrayList<>();
    for (int content = 0; content < 2; content++) {
      assertThat(replacing.replace(content, new SilentProgress())).isEmpty();
      states.add(reader.state());
    }
    assertThat(states.get(0)).isNotEqualTo(states.get(1)).contains(" " + EVENTS + ":");
    return states;
  }

  /** Says where, or what to do. */
  private static boolean isClear(String error) {
    return error.startsWith("ClickHouse at " + server.url())
        || error.endsWith("load the day again");
  }

  /** When all dead loads are known to be dead, a sweep leaves the loads kept for a rollback. */
  private static void requireNoLeftovers() {
    LocalServices.abandon(server.admin(), "status = 'running'");
    try (JobContext job =
        services.job(server.settings("sweep-grace-minutes", "0", "rejected-retention-days", "0"))) {
      job.sweep().run();
    }
    assertThat(ids("SELECT DISTINCT name FROM system.tables WHERE database = 'stage'")).isZero();
    assertThat(
            ids(
                "SELECT DISTINCT load_id FROM merge('store', '^(raw|staging|marts)_') WHERE load_id"
                    + " NOT IN (SELECT load_id FROM ops.publications)"))
        .isZero();
    assertThat(ids("SELECT DISTINCT load_id FROM merge('store', '^(raw|staging|marts)_')"))
        .isEqualTo(2);
  }

  private static long ids(String query) {
    return server.admin().number("SELECT count() FROM (" + query + ")", Map.of());
  }
}
