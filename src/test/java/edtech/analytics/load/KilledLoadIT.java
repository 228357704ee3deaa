package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import edtech.analytics.testing.DayReader;
import edtech.analytics.testing.Extent;
import edtech.analytics.testing.ForkedJvm;
import edtech.analytics.testing.KilledLoad;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.ReadyDriver;
import edtech.analytics.testing.SampleDay;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The driver killed with SIGKILL at every step, while it replaces one content of a published day by
 * the other one.
 */
class KilledLoadIT {
  private static final LocalDate DAY = LocalDate.of(2030, 1, 1);
  private static final int EVENTS = 600;

  /** Assumed time of a driver's first load, on two quiet cores and after Spark's start. */
  private static final int UNDISTURBED_MILLIS = 4_000;

  private static final Set<String> STEPS =
      Stream.of(Step.values()).map(Step::key).collect(Collectors.toSet());

  private static LocalServices services;
  private static ReadyDriver drivers;
  private static DayReader reader;
  private static String[] lines;
  private static String[] states;

  @BeforeAll
  static void publishBoth() {
    services = new LocalServices("killed-load");
    drivers = new ReadyDriver(KilledLoad.class);
    lines = new String[] {"", ""};
    states = new String[2];
    for (int content = 0; content < 2; content++) {
      lines[content] = String.join("\n", SampleDay.lines(DAY, "content" + content, EVENTS));
      services.put(DAY, "a.jsonl", lines[content]);
      assertThat(services.load(DAY).load().status()).hasToString("published");
      if (reader == null) {
        reader = new DayReader(DAY);
      }
      states[content] = reader.state();
    }
    assertThat(states[0]).isNotEqualTo(states[1]).contains("raw.events " + EVENTS + ":");
  }

  @AfterAll
  static void close() throws InterruptedException {
    try {
      assertThat(reader.polls()).isGreaterThan(50);
      assertThat(reader.seen()).containsExactlyInAnyOrder(states);
    } finally {
      drivers.close();
      reader.close();
      services.close();
    }
  }

  @Test
  void killedBeforeItHasANumber_load_leavesNothingAndTheNextOneLoads() throws InterruptedException {
    String before = reader.state();
    int content = otherThan(before);
    long last = lastLoad();
    kill(Step.START, "", content);

    assertThat(reader.state()).isEqualTo(before);
    assertThat(lastLoad()).isEqualTo(last);
    assertThat(
            services.number(
                "SELECT count() FROM system.tables WHERE database = 'stage' AND"
                    + " toUInt64OrZero(extract(name, '_(\\d+)$')) > "
                    + last))
        .isZero();

    LoadReport again = services.load(DAY);
    assertThat(again.load().status()).as(again.text()).hasToString("published");
    assertThat(reader.state()).isEqualTo(states[content]);
    assertThat(reader.seen()).isSubsetOf(states);
  }

  /** What is killed at in every run: a batch, between two moves, before and at the publication. */
  private static final List<Arguments> ALWAYS =
      List.of(
          arguments(Step.WRITE, "batch", 0),
          arguments(Step.MOVE, "raw.task_results", EVENTS),
          arguments(Step.COUNT, "", EVENTS),
          arguments(Step.PUBLISH, "ops.publications", EVENTS));

  static List<Arguments> placesBeforePublication() {
    List<Arguments> others = new ArrayList<>();
    for (Step step : List.of(Step.LIST, Step.STAGE, Step.READ, Step.WRITE, Step.CHECK)) {
      others.add(arguments(step, "", 0));
    }
    for (Table table : Tables.PUBLISHED) {
      if (!table.equals(Tables.TASK_RESULTS)) {
        others.add(arguments(Step.MOVE, table.logical(), table.equals(Tables.EVENTS) ? 0 : EVENTS));
      }
    }
    List<Arguments> places = new ArrayList<>(ALWAYS);
    places.addAll(Extent.some("places to kill a driver at", others, 2));
    return places;
  }

  @ParameterizedTest(name = "killedAt_{0}_{1}_readersSeeOneDayWholeAndTheNextLoadRepairs")
  @MethodSource("placesBeforePublication")
  void killedBeforePublication_load_changesNothing(Step step, String part, int movedEvents)
      throws InterruptedException {
    String before = reader.state();
    int content = otherThan(before);
    long dead = killed(step, part, content);

    assertThat(reader.state()).isEqualTo(before);
    assertThat(services.ledgerStatus(dead)).isEqualTo("running");
    assertThat(stored("store.raw_events", dead)).isEqualTo(movedEvents);
    if (part.equals("batch")) {
      assertThat(services.number("SELECT count() FROM stage.raw_events_" + dead))
          .isBetween(10L, EVENTS - 10L);
    }

    LoadReport again = services.load(DAY);
    assertThat(again.load().status()).as(again.text()).hasToString("published");
    assertThat(reader.state()).isEqualTo(states[content]);

    services.sweepAtOnce();
    assertThat(services.ledgerStatus(dead))
        .as("a sweep leaves a load that may still run")
        .isEqualTo("running");
    assertThat(stored("store.raw_events", dead)).isEqualTo(movedEvents);
    LocalServices.abandon(services.admin(), "load_id = " + dead);
    assertThat(services.ledgerStatus(dead)).isEqualTo("abandoned");
    services.sweepAtOnce();
    assertThat(stageTables(dead)).isZero();
    requireOnlyKeptLoads();
    assertThat(reader.state()).isEqualTo(states[content]);
    assertThat(reader.seen()).isSubsetOf(states);
  }

  @ParameterizedTest(name = "killedAt_{0}_{1}_theNewDayStays")
  @CsvSource({"PUBLISH, ops.loads, running, abandoned", "SWEEP, '', published, published"})
  void killedAfterPublication_load_staysVisible(
      Step step, String part, String statusBefore, String statusAfter) throws InterruptedException {
    int content = otherThan(reader.state());
    long dead = killed(step, part, content);

    assertThat(reader.state()).isEqualTo(states[content]);
    assertThat(services.ledgerStatus(dead)).isEqualTo(statusBefore);
    assertThat(services.load(DAY).load().status()).hasToString("skipped");

    LocalServices.abandon(services.admin(), "load_id = " + dead);
    assertThat(services.ledgerStatus(dead)).isEqualTo(statusAfter);
    services.sweepAtOnce();
    assertThat(stageTables(dead)).isZero();
    requireOnlyKeptLoads();
    assertThat(stored("store.raw_events", dead)).isEqualTo(EVENTS);
    assertThat(reader.state()).isEqualTo(states[content]);
    assertThat(reader.seen()).isSubsetOf(states);
  }

  @Test
  void killedAtRandomTimes_load_showsOneDayWholeAndTheNextLoadRepairs()
      throws InterruptedException {
    Random random = Extent.random("driver kills at random times");
    int kills = Extent.of(1, 24);
    int shown = 0;
    Map<String, Integer> hits = new TreeMap<>();
    for (int i = 0; i < kills; i++) {
      String before = reader.state();
      int content = otherThan(before);
      String millis = String.valueOf(random.nextInt(UNDISTURBED_MILLIS));
      hits.merge(kill(Step.START, millis, content), 1, Integer::sum);
      String after = reader.state();
      assertThat(after).isIn(before, states[content]);
      shown += after.equals(before) ? 0 : 1;
      LoadReport again = services.load(DAY);
      assertThat(again.isVisible()).as(again.text()).isTrue();
      assertThat(reader.state()).isEqualTo(states[content]);
      assertThat(reader.seen()).isSubsetOf(states);
    }
    Extent.say(
        "driver kills at random times: %d, in %s; published before: %d"
            .formatted(kills, hits, shown));
  }

  /** Runs a load of a content in a JVM that kills itself; returns the id of the dead load. */
  private static long killed(Step step, String part, int content) throws InterruptedException {
    long last = lastLoad();
    kill(step, part, content);
    long dead = lastLoad();
    assertThat(dead).isGreaterThan(last);
    return dead;
  }

  /** Returns the step that it was killed in. */
  private static String kill(Step step, String part, int content) throws InterruptedException {
    services.put(DAY, "a.jsonl", lines[content]);
    ForkedJvm.Result result = drivers.run(DAY.toString(), services.eventsUri(), step.name(), part);
    assertThat(result.code()).as(result.text()).isEqualTo(ForkedJvm.KILLED);
    return result.out().lines().filter(STEPS::contains).reduce("", (first, last) -> last);
  }

  private static int otherThan(String state) {
    return state.equals(states[0]) ? 1 : 0;
  }

  private static long lastLoad() {
    return services.number(
        "SELECT toInt64(max(load_id)) FROM ops.loads WHERE event_date = '" + DAY + "'");
  }

  private static long stored(String table, long load) {
    return services.number("SELECT count() FROM " + table + " WHERE load_id = " + load);
  }

  private static long stageTables(long load) {
    return services.number(
        "SELECT count() FROM system.tables WHERE database = 'stage' AND endsWith(name, '_"
            + load
            + "')");
  }

  private static void requireOnlyKeptLoads() {
    String kept =
        "SELECT load_id FROM ops.publications WHERE event_date = '"
            + DAY
            + "' GROUP BY load_id ORDER BY max(seq) DESC LIMIT 2";
    String stored =
        "SELECT DISTINCT load_id FROM merge('store', '^(raw|staging|marts)_') WHERE event_date = '"
            + DAY
            + "'";
    assertThat(ids(stored)).isEqualTo(ids(kept)).contains(",");
  }

  private static String ids(String query) {
    return services
        .rows("SELECT toString(arraySort(groupArray(load_id))) AS ids FROM (" + query + ")")
        .get(0)
        .getString("ids");
  }
}
