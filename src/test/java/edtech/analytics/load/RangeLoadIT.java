package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.ReadBack;
import edtech.analytics.testing.SampleDay;
import edtech.analytics.testing.SilentProgress;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Days of a range: each is read while the one before is published, and is what it is alone. */
class RangeLoadIT {
  private static final LocalDate FROM = LocalDate.of(2036, 3, 1);
  private static final LocalDate TO = FROM.plusDays(3);

  /** Events for a day of several partitions, whose queries run as generated code. */
  private static final int LARGE = 60_000;

  private static LocalServices services;
  private static ReadBack read;

  @BeforeAll
  static void open() {
    services = new LocalServices("ranges");
    read = new ReadBack(services);
    services.put(FROM, "a.jsonl", SampleDay.lines(FROM, "a", 300));
    services.put(FROM.plusDays(1), "a.jsonl", "no line of this day is good");
    services.put(FROM.plusDays(2), "a.jsonl", SampleDay.lines(FROM.plusDays(2), "c", LARGE));
    services.put(TO, "a.jsonl", SampleDay.lines(TO, "d", 200));
  }

  @AfterAll
  static void close() {
    services.close();
  }

  /** Holds the first day back before it is published until the second one is read. */
  private static final class Overlap extends SilentProgress {
    private final CountDownLatch secondIsRead = new CountDownLatch(1);
    private final List<String> begun = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean isSecondReadInTime;

    @Override
    public void begins(LocalDate date, Step step) {
      begun.add(date + " " + step);
      if (date.equals(FROM.plusDays(1)) && step == Step.READ) {
        secondIsRead.countDown();
      }
      if (date.equals(FROM) && step == Step.PUBLISH) {
        try {
          isSecondReadInTime = secondIsRead.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  @Test
  void daysOfARange_areReadOneAheadAndAreWhatTheyAreAlone() {
    Overlap overlap = new Overlap();
    List<LoadReport> range = services.backfill(FROM, TO, LoadMode.FORCED, overlap);
    assertThat(overlap.isSecondReadInTime).as("day 2 is read before day 1 is published").isTrue();
    assertThat(overlap.begun.indexOf(FROM.plusDays(2) + " START"))
        .as("day 3 waits until day 1 is published")
        .isGreaterThan(overlap.begun.indexOf(FROM + " PUBLISH"));
    assertThat(range)
        .extracting(report -> report.load().status().toString())
        .containsExactly("published", "failed", "published", "published");
    assertThat(range).extracting(report -> report.load().date()).isSorted();
    assertThat(range.get(1).load().error()).startsWith("no event of " + FROM.plusDays(1));

    for (LoadReport inRange : List.of(range.get(0), range.get(2), range.get(3))) {
      LocalDate date = inRange.load().date();
      Map<String, String> content = read.contentWithRejected(date);
      LoadReport alone = services.load(date, LoadMode.FORCED);
      assertThat(alone.load().counts()).isEqualTo(inRange.load().counts());
      assertThat(alone.load().rowsByTable()).isEqualTo(inRange.load().rowsByTable());
      assertThat(read.contentWithRejected(date)).isEqualTo(content);
    }
    assertThat(range).allMatch(report -> stageTables(report) == 0);
  }

  private static long stageTables(LoadReport report) {
    return services
        .admin()
        .number(
            "SELECT count() FROM system.tables WHERE database = 'stage' AND endsWith(name,"
                + " {load:String})",
            Map.of("load", "_" + report.load().loadId()));
  }
}
