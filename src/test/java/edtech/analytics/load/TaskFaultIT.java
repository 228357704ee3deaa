package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.testing.Extent;
import edtech.analytics.testing.FaultyWay;
import edtech.analytics.testing.FaultyWay.Fault;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.ReadBack;
import edtech.analytics.testing.SampleDay;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Requests and answers that get lost on the way to the server, and a server that cannot take a
 * batch: the day is published with exactly its rows, or not at all and with a clear word.
 */
class TaskFaultIT {
  private static final LocalDate DAY = LocalDate.of(2034, 2, 1);
  private static final int EVENTS = 300;
  private static final String[] SMALL_BATCHES = {"clickhouse.batch-rows", "50"};

  private static LocalServices services;
  private static FaultyWay way;
  private static ReadBack read;
  private static Map<String, String> reference;
  private static int insertsOfALoad;
  private static int requestsOfALoad;

  @BeforeAll
  static void open() {
    services = new LocalServices("task-faults");
    read = new ReadBack(services);
    services.put(DAY, "a.jsonl", SampleDay.lines(DAY, "a", EVENTS));
    way = new FaultyWay(LocalServices.ENVIRONMENT.get("CLICKHOUSE_URL"));
    assertThat(load(3).load().status()).hasToString("published");
    requestsOfALoad = way.requests().size();
    insertsOfALoad = (int) way.requests().stream().filter(TaskFaultIT::stages).count();
    reference = read.contentWithRejected(DAY);
    assertThat(reference.get("raw.events")).startsWith(EVENTS + ":");
  }

  @AfterAll
  static void close() {
    way.close();
    services.close();
  }

  @BeforeEach
  void withoutFaults() {
    way.set(request -> Fault.NONE);
  }

  @Test
  void attemptsThatFailAfterABatchWasStored_load_isExact() {
    List<Integer> places = Extent.some("attempts that fail after a batch", upTo(insertsOfALoad), 2);
    for (int place : places) {
      AtomicInteger inserts = new AtomicInteger();
      way.set(
          request ->
              stages(request) && inserts.incrementAndGet() == place
                  ? Fault.ANSWER_LOST
                  : Fault.NONE);
      requireExact(load(0));
      assertThat(inserts.get()).as("the attempt was made again").isGreaterThan(insertsOfALoad);
    }
    Extent.say(
        "attempts that fail after a batch: %d of %d batches, each day exact"
            .formatted(places.size(), insertsOfALoad));
  }

  @Test
  void threeAttemptsEachFailingABatchLater_load_isExact() {
    Map<Long, Integer> batches = new ConcurrentHashMap<>();
    way.set(
        request -> {
          if (!request.insertsInto("stage.raw_events_")) {
            return Fault.NONE;
          }
          int batch = batches.merge(request.task(), 1, Integer::sum);
          return batches.size() < 4 && batch == batches.size() ? Fault.ANSWER_LOST : Fault.NONE;
        });
    requireExact(load(0));
    assertThat(batches.values()).containsExactlyInAnyOrder(1, 2, 3, EVENTS / 50);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"ANSWER_LOST", "STATUS_UNKNOWN", "REQUEST_LOST"})
  void everyBatchSentTwice_load_isExact(Fault fault) {
    requireBatchesSentTwice(fault, 1);
  }

  /** Every sixth, from the first on: the client waits a second after each 503. */
  @Test
  void someBatchesMetA503_load_isExact() {
    requireBatchesSentTwice(Fault.UNAVAILABLE, Extent.of(6, 1));
  }

  private static void requireBatchesSentTwice(Fault fault, int every) {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    AtomicInteger faults = new AtomicInteger();
    way.set(
        request -> {
          if (stages(request) && seen.add(request.token()) && (seen.size() - 1) % every == 0) {
            faults.incrementAndGet();
            return fault;
          }
          return Fault.NONE;
        });
    requireExact(load(3));
    assertThat(seen).hasSize(insertsOfALoad).doesNotContain("");
    assertThat(faults.get()).isEqualTo((insertsOfALoad + every - 1) / every);
    assertThat(way.requests().stream().filter(TaskFaultIT::stages))
        .as("the client has sent each again, no attempt had to be made again")
        .hasSize(insertsOfALoad + faults.get());
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"ANSWER_LOST", "STATUS_UNKNOWN"})
  void everyBatchSentTwice_tokensTaken_isNotPublished(Fault fault) {
    try (FaultyWay forgetful = new FaultyWay(LocalServices.ENVIRONMENT.get("CLICKHOUSE_URL"))) {
      Set<String> once = ConcurrentHashMap.newKeySet();
      forgetful.takeTokens();
      forgetful.set(request -> stages(request) && once.add(request.token()) ? fault : Fault.NONE);
      LoadReport report = load(forgetful, 3);
      assertThat(report.load().status()).hasToString("failed");
      assertThat(report.load().error())
          .contains(" holds other rows than its writers committed (by task attempt: staged {")
          .endsWith(": load the day again");
      assertThat(read.contentWithRejected(DAY)).isEqualTo(reference);
    }
  }

  @Test
  void lateBatchOfAnAttemptGivenUp_load_failsAndTheDayStays() {
    AtomicBoolean isLate = new AtomicBoolean();
    way.set(
        request -> {
          String[] words = request.statement().split(" ");
          if (request.statement().contains(" MOVE PARTITION ")
              && words[2].startsWith("stage.raw_events_")
              && isLate.compareAndSet(false, true)) {
            services
                .admin()
                .execute(
                    "INSERT INTO %1$s SELECT * REPLACE (987654321 AS _task) FROM %1$s LIMIT 50"
                        .formatted(words[2]));
          }
          return Fault.NONE;
        });
    LoadReport report = load(3);
    assertThat(report.load().status()).hasToString("failed");
    assertThat(report.load().error())
        .isEqualTo(
            "raw.events: 350 rows moved, 300 expected: nothing was published; load the day again");
    assertThat(read.contentWithRejected(DAY)).isEqualTo(reference);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"NO_MEMORY", "NO_SPACE"})
  void serverThatCannotTakeABatchOnce_load_isExact(Fault fault) {
    AtomicInteger inserts = new AtomicInteger();
    way.set(request -> stages(request) && inserts.incrementAndGet() == 3 ? fault : Fault.NONE);
    requireExact(load(3));
    assertThat(inserts.get()).isGreaterThan(insertsOfALoad);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"NO_MEMORY", "NO_SPACE", "UNAVAILABLE"})
  void serverThatNeverTakesABatch_load_failsAndTheDayStays(Fault fault) {
    way.set(request -> request.insertsInto("stage.raw_purchases_") ? fault : Fault.NONE);
    LoadReport report = load(Extent.of(1, 3));
    assertThat(report.load().status()).hasToString("failed");
    assertThat(report.load().error())
        .startsWith("ClickHouse at " + way.url() + " as user loader ")
        .contains(
            switch (fault) {
              case NO_MEMORY -> "refused: Code: 241";
              case NO_SPACE -> "refused: Code: 243";
              default -> "did not answer: Server returned '503 Service Unavailable'";
            })
        .doesNotContain("\n");
    assertThat(read.contentWithRejected(DAY)).isEqualTo(reference);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"ANSWER_LOST", "UNAVAILABLE"})
  void faultAtAnyRequest_load_isExact(Fault fault) {
    List<Integer> places = Extent.some(fault + " at any request", upTo(requestsOfALoad), 2);
    Map<String, Integer> ends = new TreeMap<>();
    Set<String> failed = new HashSet<>();
    for (int place : places) {
      AtomicInteger number = new AtomicInteger();
      way.set(request -> number.incrementAndGet() == place ? fault : Fault.NONE);
      LoadReport report = load(3);
      ends.merge(report.load().status().toString(), 1, Integer::sum);
      if (!report.isVisible()) {
        failed.add(way.requests().get(place - 1).statement().lines().findFirst().orElse(""));
        assertThat(report.load().error()).startsWith("ClickHouse at ");
      }
      assertThat(read.contentWithRejected(DAY)).isEqualTo(reference);
      requireNothingTwice(report);
    }
    Extent.say(
        "%s at any request: %d of %d, loads ended %s %s"
            .formatted(fault, places.size(), requestsOfALoad, ends, failed));
    assertThat(ends).containsOnlyKeys("published");
  }

  @Test
  void answerToThePublicationLost_notSentAgain_isReadBack() {
    way.set(request -> request.insertsInto("ops.publications") ? Fault.ANSWER_LOST : Fault.NONE);
    requireExact(load(0));
  }

  @Test
  void gatewayWithoutAServerForThePublication_load_isExact() {
    Set<String> once = ConcurrentHashMap.newKeySet();
    way.set(
        request ->
            request.insertsInto("ops.publications") && once.add(request.token())
                ? Fault.UNAVAILABLE
                : Fault.NONE);
    requireExact(load(3));
    assertThat(once).hasSize(1);
  }

  @Test
  void publicationLost_load_failsAndTheDayStays() {
    long before = services.visibleLoad(DAY);
    way.set(request -> request.insertsInto("ops.publications") ? Fault.REQUEST_LOST : Fault.NONE);
    LoadReport report = load(0);
    assertThat(report.load().status()).hasToString("failed");
    assertThat(report.load().error()).startsWith("ClickHouse at " + way.url());
    assertThat(services.visibleLoad(DAY)).isEqualTo(before);
    assertThat(read.contentWithRejected(DAY)).isEqualTo(reference);
  }

  private static List<Integer> upTo(int last) {
    return IntStream.rangeClosed(1, last).boxed().toList();
  }

  private static boolean stages(FaultyWay.Request request) {
    return request.insertsInto("stage.");
  }

  private static LoadReport load(int retries) {
    return load(way, retries);
  }

  private static LoadReport load(FaultyWay through, int retries) {
    return services.load(
        DAY,
        LoadMode.FORCED,
        "clickhouse.url",
        through.url(),
        "clickhouse.retries",
        String.valueOf(retries),
        SMALL_BATCHES[0],
        SMALL_BATCHES[1]);
  }

  private static void requireExact(LoadReport report) {
    assertThat(report.load().status()).as(report.text()).hasToString("published");
    assertThat(services.visibleLoad(DAY)).isEqualTo(report.load().loadId());
    assertThat(read.contentWithRejected(DAY)).isEqualTo(reference);
    requireNothingTwice(report);
  }

  /** In the store and in the ledger. */
  private static void requireNothingTwice(LoadReport report) {
    assertThat(
            services.number(
                "SELECT count() FROM ops.load_objects WHERE load_id = " + report.load().loadId()))
        .isEqualTo(1);
    assertThat(
            services.number(
                "SELECT count() FROM ops.loads WHERE load_id = " + report.load().loadId()))
        .isEqualTo(1);
  }
}
