package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.testing.AtStep;
import edtech.analytics.testing.DayReader;
import edtech.analytics.testing.Extent;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.SampleDay;
import edtech.analytics.testing.SilentProgress;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Loads of one day in every finishing order and at once, loads of neighbouring days. */
class ConcurrentLoadsIT {
  private static final int EVENTS = 200;

  private static LocalServices services;

  @BeforeAll
  static void open() {
    services = new LocalServices("concurrent-loads");
  }

  @AfterAll
  static void close() {
    services.close();
  }

  /**
   * In each order; the load that begins first stops either before it checks whether it is
   * superseded, or after that.
   */
  @Test
  void twoLoads_inBothOrders_theHigherSeqIsSeen() throws Exception {
    LocalDate day = LocalDate.of(2034, 4, 1);
    List<String> states = states(day, 2);
    try (DayReader reader = new DayReader(day)) {
      for (String part : List.of("", "ops.publications")) {
        for (boolean isLowerLast : new boolean[] {false, true}) {
          Held lower = new Held(day, 0, part);
          lower.awaitArrival();
          Held higher = new Held(day, 1, "");
          higher.awaitArrival();
          LoadReport first = (isLowerLast ? higher : lower).finish();
          assertThat(first.load().status()).as(first.text()).hasToString("published");
          assertThat(reader.state()).isEqualTo(states.get(isLowerLast ? 1 : 0));
          LoadReport last = (isLowerLast ? lower : higher).finish();
          String status = isLowerLast && part.isEmpty() ? "superseded" : "published";
          assertThat(last.load().status()).as(last.text()).hasToString(status);
          assertThat(services.ledgerStatus(last.load().loadId())).isEqualTo(status);
          assertThat(reader.state()).isEqualTo(states.get(1));
          assertThat(lower.finish().load().loadId()).isLessThan(higher.finish().load().loadId());
        }
      }
      assertThat(reader.seen()).containsExactlyInAnyOrderElementsOf(states);
    }
  }

  @Test
  void fiveLoads_inAnyOrderAndAtOnce_theHighestSeqIsSeen() throws Exception {
    LocalDate day = LocalDate.of(2034, 4, 2);
    List<String> states = states(day, 5);
    try (DayReader reader = new DayReader(day)) {
      inOrders(day, Extent.of(2, 120), states, reader);
      atOnce(day, states, reader);
      assertThat(reader.seen()).isSubsetOf(states).hasSizeGreaterThan(1);
    }
  }

  /**
   * Five loads at once, all held before they publish, then let go one after the other: before they
   * look whether they are superseded, or after it.
   */
  private static void inOrders(LocalDate day, int mostOrders, List<String> states, DayReader reader)
      throws Exception {
    Random random = Extent.random("five loads at once");
    List<List<Integer>> all = orders(states.size());
    Collections.shuffle(all, random);
    List<List<Integer>> orders = all.subList(0, mostOrders);
    Map<String, Integer> ends = new TreeMap<>();
    for (List<Integer> order : orders) {
      List<Held> held = new ArrayList<>();
      for (int content = 0; content < states.size(); content++) {
        held.add(new Held(day, content, random.nextBoolean() ? "" : "ops.publications"));
      }
      for (Held one : held) {
        one.awaitArrival();
      }
      int highest = -1;
      for (int content : order) {
        LoadReport report = held.get(content).finish();
        ends.merge(report.load().status().toString(), 1, Integer::sum);
        boolean isHighest =
            highest < 0 || report.load().loadId() > held.get(highest).finish().load().loadId();
        boolean passedTheCheck = isHighest || !held.get(content).part.isEmpty();
        assertThat(report.load().status())
            .as(report.text())
            .hasToString(passedTheCheck ? "published" : "superseded");
        highest = isHighest ? content : highest;
        assertThat(reader.state()).isEqualTo(states.get(highest));
      }
    }
    Extent.say(
        "%d loads at once: %d of %d orders, loads ended %s, polls %d, mixed 0"
            .formatted(states.size(), orders.size(), all.size(), ends, reader.polls()));
  }

  /** From the creation of their stage tables on, nothing holds one up for another. */
  private static void atOnce(LocalDate day, List<String> states, DayReader reader)
      throws Exception {
    CyclicBarrier together = new CyclicBarrier(states.size());
    List<CompletableFuture<LoadReport>> running = new ArrayList<>();
    for (int content = 0; content < states.size(); content++) {
      AtStep wait = new AtStep(Step.STAGE, () -> await(together));
      int its = content;
      running.add(
          CompletableFuture.supplyAsync(() -> load(day, its, wait), ConcurrentLoadsIT::start));
    }
    int highest = 0;
    for (int content = 0; content < states.size(); content++) {
      LoadReport report = running.get(content).get(2, TimeUnit.MINUTES);
      assertThat(report.load().status().toString())
          .as(report.text())
          .isIn("published", "superseded");
      if (report.load().loadId() > running.get(highest).get().load().loadId()) {
        highest = content;
      }
    }
    assertThat(running.get(highest).get().load().status()).hasToString("published");
    assertThat(reader.state()).isEqualTo(states.get(highest));
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(1, TimeUnit.MINUTES);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void loadsOfNeighbouringDays_atOnce_leaveEachOtherAlone() throws Exception {
    LocalDate first = LocalDate.of(2034, 4, 10);
    List<LocalDate> days = List.of(first, first.plusDays(1), first.plusDays(2));
    List<List<String>> states = new ArrayList<>();
    List<DayReader> readers = new ArrayList<>();
    int rounds = Extent.of(2, 20);
    try {
      for (LocalDate day : days) {
        put(day, 2);
        states.add(new ArrayList<>());
        readers.add(new DayReader(day));
      }
      for (int content = 0; content < 2; content++) {
        load(first, first.plusDays(2), content, new SilentProgress());
        for (int i = 0; i < days.size(); i++) {
          states.get(i).add(readers.get(i).state());
        }
      }
      readers.forEach(reader -> reader.seen().remove(DayReader.nothing()));
      for (int round = 0; round < rounds; round++) {
        int content = round % 2;
        List<CompletableFuture<LoadReport>> running = new ArrayList<>();
        for (LocalDate day : days) {
          running.add(
              CompletableFuture.supplyAsync(
                  () -> load(day, content, new SilentProgress()), ConcurrentLoadsIT::start));
        }
        for (int i = 0; i < days.size(); i++) {
          LoadReport report = running.get(i).get(2, TimeUnit.MINUTES);
          assertThat(report.load().status()).as(report.text()).hasToString("published");
          assertThat(readers.get(i).state()).isEqualTo(states.get(i).get(content));
        }
      }
      for (int i = 0; i < days.size(); i++) {
        assertThat(readers.get(i).seen()).isSubsetOf(states.get(i)).hasSize(2);
      }
    } finally {
      for (DayReader reader : readers) {
        reader.close();
      }
    }
    Extent.say("three neighbouring days at once: %d rounds".formatted(rounds));
  }

  private static List<List<Integer>> orders(int length) {
    List<List<Integer>> orders = List.of(List.of());
    for (int next = 0; next < length; next++) {
      List<List<Integer>> longer = new ArrayList<>();
      for (List<Integer> order : orders) {
        for (int place = 0; place <= order.size(); place++) {
          List<Integer> with = new ArrayList<>(order);
          with.add(place, next);
          longer.add(with);
        }
      }
      orders = longer;
    }
    return new ArrayList<>(orders);
  }

  private static void put(LocalDate day, int contents) {
    for (int content = 0; content < contents; content++) {
      services.putInto(
          String.valueOf(content),
          day,
          "a.jsonl",
          SampleDay.lines(day, "c" + content, EVENTS + content));
    }
  }

  /** What readers see of each content. */
  private static List<String> states(LocalDate day, int contents) throws InterruptedException {
    put(day, contents);
    List<String> states = new ArrayList<>();
    try (DayReader reader = new DayReader(day)) {
      for (int content = 0; content < contents; content++) {
        LoadReport report = load(day, content, new SilentProgress());
        assertThat(report.load().status()).as(report.text()).hasToString("published");
        states.add(reader.state());
      }
    }
    assertThat(states).doesNotHaveDuplicates();
    return states;
  }

  private static LoadReport load(LocalDate day, int content, Progress progress) {
    return load(day, day, content, progress).get(0);
  }

  private static List<LoadReport> load(
      LocalDate from, LocalDate to, int content, Progress progress) {
    return services.backfill(
        from, to, LoadMode.FORCED, progress, "events-uri", services.eventsUri() + "/" + content);
  }

  private static void start(Runnable task) {
    new Thread(task, "load").start();
  }

  /** A load that waits before it publishes. */
  private static final class Held extends SilentProgress {
    private final String part;
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final CompletableFuture<LoadReport> report;

    private Held(LocalDate day, int content, String part) {
      this.part = part;
      this.report =
          CompletableFuture.supplyAsync(() -> load(day, content, this), ConcurrentLoadsIT::start);
    }

    @Override
    public void begins(LocalDate date, Step step) {
      begins(date, step, "");
    }

    @Override
    public void begins(LocalDate date, Step step, String now) {
      if (step == Step.PUBLISH && now.equals(part)) {
        arrived.countDown();
        await(released);
      }
    }

    private void awaitArrival() {
      await(arrived);
    }

    /** Lets it go on; returns when it is over. */
    private LoadReport finish() throws Exception {
      released.countDown();
      return report.get(2, TimeUnit.MINUTES);
    }

    private static void await(CountDownLatch latch) {
      try {
        if (!latch.await(2, TimeUnit.MINUTES)) {
          throw new IllegalStateException("nobody came within two minutes");
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
