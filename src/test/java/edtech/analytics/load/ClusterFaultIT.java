package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import edtech.analytics.cli.Main;
import edtech.analytics.clickhouse.store.LineCounts;
import edtech.analytics.clickhouse.store.LoadLog;
import edtech.analytics.testing.Extent;
import edtech.analytics.testing.FaultyWay;
import edtech.analytics.testing.FaultyWay.Fault;
import edtech.analytics.testing.FaultyWay.Request;
import edtech.analytics.testing.ForkedJvm;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.ReadBack;
import edtech.analytics.testing.SampleDay;
import edtech.analytics.testing.SparkCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What happens on a cluster only, on one of several processes: an attempt of a task that loses
 * against its speculative twin, and executors that die with what they wrote, kept and shuffled. In
 * make chaos only, as each load takes half a minute.
 */
class ClusterFaultIT {
  private static final LocalDate DAY = LocalDate.of(2034, 2, 5);
  private static final int OBJECTS = 4;
  private static final int EVENTS = 150;

  /** Enough for a day to be shuffled into a partition for each core, and no events to be had. */
  private static final int BLANK_BYTES = 9_000_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  private static LocalServices services;
  private static FaultyWay way;
  private static SparkCluster cluster;
  private static ReadBack read;
  private static Map<String, String> reference;
  private static LineCounts ledger;

  @TempDir private Path eventLog;

  /** When an executor dies, and which. */
  enum Death {
    /** The one that writes, as its first batch is stored: the others' shuffle goes with it. */
    WRITING("INSERT INTO stage.raw_events_"),
    /** One that has written raw tables and keeps what marts are made of. */
    BETWEEN_THE_PASSES("INSERT INTO stage.marts_"),
    /** One that keeps counts of lines for the ledger, when all is written. */
    BEFORE_THE_LEDGER("SELECT count() FROM (SELECT 1 FROM stage.raw_events_");

    private final String at;

    Death(String at) {
      this.at = at;
    }

    boolean isAt(Request request) {
      return request.statement().replace("`", "").startsWith(at);
    }
  }

  @BeforeAll
  static void open() {
    assumeTrue(Extent.isFull(), "a cluster of six JVMs takes minutes: make chaos runs it");
    services = new LocalServices("cluster-faults");
    read = new ReadBack(services);
    for (int i = 0; i < OBJECTS; i++) {
      services.put(DAY, i + ".jsonl", SampleDay.lines(DAY, "part" + i, EVENTS));
    }
    byte[] blank = new byte[BLANK_BYTES];
    Arrays.fill(blank, (byte) ' ');
    for (int end = 99_999; end < blank.length; end += 100_000) {
      blank[end] = '\n';
    }
    services.put(DAY, "blank.jsonl", blank);
    LoadReport whole = services.load(DAY);
    assertThat(whole.load().status()).as(whole.text()).hasToString("published");
    reference = read.contentWithRejected(DAY);
    assertThat(reference.get("raw.events")).startsWith(OBJECTS * EVENTS + ":");
    ledger = whole.load().counts();
    way = new FaultyWay(LocalServices.ENVIRONMENT.get("CLICKHOUSE_URL"));
    cluster = new SparkCluster();
  }

  @AfterAll
  static void close() {
    if (cluster != null) {
      cluster.close();
      way.close();
    }
    if (services != null) {
      services.close();
    }
  }

  @BeforeEach
  void withoutFaults() {
    way.set(request -> Fault.NONE);
  }

  @Test
  void attemptThatWaitsForAnAnswer_losesAgainstItsTwin_loadIsExact() throws Exception {
    AtomicLong slow = new AtomicLong(-1);
    way.set(
        request -> {
          if (request.insertsInto("stage.raw_events_") && slow.compareAndSet(-1, request.task())) {
            return Fault.ANSWER_HELD;
          }
          if (isCountByTask(request)) {
            // All tasks of the pass are over: the twin has won.
            way.letGo();
          }
          return Fault.NONE;
        });

    requireExact(
        load(
            "spark.speculation=true",
            "spark.speculation.quantile=0.5",
            "spark.speculation.multiplier=1.1"));

    List<Request> sent =
        way.requests().stream().filter(r -> !r.token().isEmpty() && isOf(r, slow.get())).toList();
    assertThat(sent.get(sent.size() - 1).statement())
        .as("nothing after the batch that was held")
        .contains("stage.raw_events_");
    assertThat(sent.stream().filter(r -> r.insertsInto("stage.raw_events_"))).hasSize(1);
    assertThat(deletions("stage.raw_events_")).isEqualTo(1);
    assertThat(events("SparkListenerTaskStart"))
        .anyMatch(task -> task.at("/Task Info/Speculative").asBoolean());
    assertThat(events("SparkListenerTaskEnd"))
        .anyMatch(
            task ->
                task.at("/Task Info/Task ID").asLong() == slow.get()
                    && task.at("/Task End Reason/Reason").asText().equals("TaskKilled"));
  }

  @ParameterizedTest
  @EnumSource
  void executorThatDies_load_isExact(Death death) throws Exception {
    AtomicBoolean isDead = new AtomicBoolean();
    way.set(
        request -> {
          if (death.isAt(request) && isDead.compareAndSet(false, true)) {
            if (request.token().isEmpty()) {
              cluster.killAnExecutor();
            } else {
              cluster.killExecutorAt(request.port());
            }
          }
          return Fault.NONE;
        });

    requireExact(load());

    assertThat(isDead).isTrue();
    assertThat(events("SparkListenerExecutorRemoved")).isNotEmpty();
    long again = shuffledAgain();
    Extent.say("executor dies %s: exact, %d map tasks made again".formatted(death, again));
    assertThat(again).as("the shuffle was lost with it").isPositive();
  }

  private static boolean isCountByTask(Request request) {
    return request.statement().startsWith("SELECT _task AS task")
        && request.statement().contains("stage.raw_events_");
  }

  private static boolean isOf(Request request, long task) {
    return request.insertsInto("stage.") && request.task() == task;
  }

  private static long deletions(String table) {
    return way.requests().stream()
        .filter(request -> request.statement().startsWith("ALTER TABLE " + table))
        .filter(request -> request.statement().contains(" DELETE WHERE _task NOT IN "))
        .count();
  }

  /** A load by the command, in a driver of its own. */
  private ForkedJvm.Result load(String... options) throws InterruptedException {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(
        List.of(
            "spark.default.parallelism=4",
            "spark.eventLog.enabled=true",
            "spark.eventLog.compress=false",
            "spark.eventLog.rolling.enabled=false",
            "spark.eventLog.dir=" + eventLog.toUri()));
    return ForkedJvm.run(
        Main.class,
        Map.of(
            "CLICKHOUSE_URL", way.url(),
            "EVENTS_URI", services.eventsUri(),
            "CLICKHOUSE_USER", LocalServices.ENVIRONMENT.get("CLICKHOUSE_LOADER_USER"),
            "CLICKHOUSE_PASSWORD", LocalServices.ENVIRONMENT.get("CLICKHOUSE_LOADER_PASSWORD")),
        cluster.options(all.toArray(String[]::new)),
        List.of("load", "--date", DAY.toString(), "--force", "--set", "clickhouse.batch-rows=50"));
  }

  private static void requireExact(ForkedJvm.Result load) {
    String said = load.text() + "\n" + cluster.said();
    assertThat(load.code()).as(said).isZero();
    assertThat(load.out()).as(said).contains("published");
    assertThat(read.contentWithRejected(DAY)).as(said).isEqualTo(reference);
    long visible = services.visibleLoad(DAY);
    assertThat(new LoadLog(services.admin()).find(visible).orElseThrow().counts())
        .isEqualTo(ledger);
  }

  /** How many tasks had to write their part of a shuffle once more. */
  private long shuffledAgain() throws IOException {
    Map<Long, Long> shuffles = new HashMap<>();
    for (JsonNode event : events("SparkListenerStageSubmitted")) {
      JsonNode stage = event.path("Stage Info");
      long last = 0;
      for (JsonNode rdd : stage.path("RDD Info")) {
        last = Math.max(last, rdd.path("RDD ID").asLong());
      }
      // Another job knows the same shuffle by another stage.
      shuffles.put(stage.path("Stage ID").asLong(), last);
    }
    Set<List<Long>> written = new HashSet<>();
    long again = 0;
    for (JsonNode task : events("SparkListenerTaskEnd")) {
      if (task.path("Task Type").asText().equals("ShuffleMapTask")
          && task.at("/Task End Reason/Reason").asText().equals("Success")) {
        long shuffle = shuffles.get(task.path("Stage ID").asLong());
        long part = task.at("/Task Info/Partition ID").asLong();
        again += written.add(List.of(shuffle, part)) ? 0 : 1;
      }
    }
    return again;
  }

  /** What Spark wrote down of this kind. */
  private List<JsonNode> events(String kind) throws IOException {
    List<JsonNode> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(eventLog)) {
      for (Path file : files.filter(f -> !f.getFileName().toString().startsWith(".")).toList()) {
        for (String line : Files.readAllLines(file)) {
          JsonNode event = JSON.readTree(line);
          if (event.path("Event").asText().equals(kind)) {
            found.add(event);
          }
        }
      }
    }
    return found;
  }
}
