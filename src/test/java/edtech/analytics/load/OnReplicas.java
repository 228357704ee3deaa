package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.clickhouse.store.Replicas;
import edtech.analytics.job.JobContext;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import edtech.analytics.testing.DayReader;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.ReplicaServers;
import edtech.analytics.testing.SampleDay;
import edtech.analytics.testing.SilentProgress;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What the tests on real replicas have in common; without replicas they are skipped. */
abstract class OnReplicas {
  private static final String ABSENT =
      "CLICKHOUSE_REPLICAS names no servers: make test-replicas"
          + " CLICKHOUSE_REPLICAS=http://a:8123,http://b:8123, with an administrator's"
          + " CLICKHOUSE_USER and CLICKHOUSE_PASSWORD";

  static final List<String> TABLES = Tables.PUBLISHED.stream().map(Table::logical).toList();

  private static final AtomicLong DAYS = new AtomicLong();

  static LocalServices services;
  static ReplicaServers replicas;

  private static LocalDate first;

  /** One that no test before this one had, of other runs either: the servers keep theirs. */
  final LocalDate day = first.plusDays(DAYS.getAndIncrement());

  @BeforeAll
  static void open() {
    if (ReplicaServers.areThere()) {
      services = new LocalServices("replicas");
      replicas = new ReplicaServers();
      String last =
          "SELECT toInt64(greatest(max(event_date), toDate('2036-01-01'))) FROM store.load_log";
      first = LocalDate.ofEpochDay(replicas.server(1).number(last, Map.of()) + 1);
    } else {
      // Maven counts a skipped test, but does not say why it was.
      System.out.println("tests on replicas are skipped: " + ABSENT);
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

  static void requireKills() {
    assumeTrue(
        ReplicaServers.canBeKilled(),
        "REPLICA_STOP and REPLICA_START, commands that take a server's number, are not set");
  }

  static JobContext job(String addresses, String... settings) {
    return services.job(ReplicaServers.settings(addresses, settings));
  }

  /** Puts one more object into the day's folder. */
  void put(String name, int lines) {
    services.put(day, name + ".jsonl", SampleDay.lines(day, name, lines));
  }

  LoadReport load(String addresses, String... settings) {
    return load(addresses, new SilentProgress(), settings);
  }

  LoadReport load(String addresses, Progress progress, String... settings) {
    return services.load(day, progress, ReplicaServers.settings(addresses, settings));
  }

  /** The state of the day, once a server shows the load. */
  String shown(LoadReport report, int number) {
    assertThat(report.load().error()).isEmpty();
    Publication publication =
        new Publication(day, report.load().loadId(), report.load().loadId(), "");
    assertThat(new Replicas(replicas.server(number), "").awaitShown(List.of(publication)))
        .isEmpty();
    return state(number);
  }

  /** What readers of a server see of the day now. */
  String state(int number) {
    return replicas.server(number).rows(DayReader.query(TABLES, day)).get(0).getString("state");
  }

  DayReader reader(int number) {
    return new DayReader(ReplicaServers.connect(replicas.url(number)), TABLES, day);
  }

  static long rowsOf(ClickHouse server, LoadReport report) {
    return server.number(
        "SELECT count() FROM store.raw_events WHERE load_id = " + report.load().loadId(), Map.of());
  }
}
