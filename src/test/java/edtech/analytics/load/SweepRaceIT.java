package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.testing.DayReader;
import edtech.analytics.testing.Extent;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.SampleDay;
import edtech.analytics.testing.SlowQuery;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A load that is replaced and swept while somebody still reads it. */
class SweepRaceIT {
  private static final LocalDate DAY = LocalDate.of(2034, 5, 1);
  private static final int EVENTS = 600;

  private static LocalServices services;
  private static List<List<String>> contents;

  @BeforeAll
  static void open() throws IOException {
    services = new LocalServices("sweep-race");
    contents = new ArrayList<>();
    for (int content = 0; content < 2; content++) {
      publish(content);
      try (SlowQuery query = new SlowQuery(services, DAY)) {
        contents.add(query.all());
      }
    }
    assertThat(contents.get(0)).hasSizeGreaterThan(EVENTS).isNotEqualTo(contents.get(1));
  }

  @AfterAll
  static void close() {
    services.close();
  }

  @Test
  void queryThatBeganBefore_itsLoadReplacedAndSwept_endsWithTheOldDayWhole() throws Exception {
    Random random = Extent.random("sweeps while a query reads");
    int rounds = Extent.of(1, 20);
    try (DayReader reader = new DayReader(DAY)) {
      String last = reader.state();
      publish(0);
      List<String> states = List.of(last, reader.state());
      for (int round = 0; round < rounds; round++) {
        List<String> old = contents.get(round % 2);
        long load = services.visibleLoad(DAY);
        try (SlowQuery query = new SlowQuery(services, DAY)) {
          query.take(random.nextInt(old.size() / 2));

          publish(1 - round % 2);
          services.sweep(
              "sweep-grace-minutes", "0", "keep-loads", "1", "rejected-retention-days", "0");

          assertThat(stored(load)).as("the sweep has dropped what is read").isZero();
          assertThat(query.isRunning()).as("the query was not over before").isTrue();
          assertThat(query.all()).isEqualTo(old);
        }
      }
      assertThat(reader.seen()).isSubsetOf(states).hasSize(2);
    }
    Extent.say(
        "sweeps while a query reads: %d, each query ended with the old day".formatted(rounds));
  }

  private static void publish(int content) {
    services.put(DAY, "a.jsonl", SampleDay.lines(DAY, "content" + content, EVENTS));
    // Small batches: many parts, of which a query has opened few.
    LoadReport report = services.load(DAY, "clickhouse.batch-rows", "50");
    assertThat(report.load().status()).as(report.text()).hasToString("published");
  }

  private static long stored(long load) {
    return services.number(
        "SELECT count() FROM merge('store', '^(raw|staging|marts)_') WHERE load_id = " + load);
  }
}
