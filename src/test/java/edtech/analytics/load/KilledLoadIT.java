package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.LinkedHashMap;
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
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The driver killed with SIGKILL at every step, while it replaces one content of a published day by
 * the other one.
 */
class KilledLoadIT {
  private static final LocalDate DAY = LocalDate.of(2030, 1, 1);
  private static final int EVENTS = 600;

  /** Assumed time of a driver's first load, on two quiet cores and after Spark's start. */
  private static final int UNDISTURBED_MILLIS = 4_000;

  private static final int RANDOM_KILLS = Extent.of(1, 24);

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
    drivers = new ReadyDriver(KilledLoad.class, 4 + RANDOM_KILLS);
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
    kill(content, new Place(Step.START, "", 0));

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

  /**
   * Where a load is killed.
   *
   * @param movedEvents what the store has of its events there
   */
  private record Place(Step step, String part, int movedEvents) {}

  /** What is killed at in every run: between two moves, before and at the publication, a batch. */
  private static final List<Place> ALWAYS =
      List.of(
          new Place(Step.MOVE, "raw.task_results", EVENTS),
          new Place(Step.COUNT, "", EVENTS),
          new Place(Step.PUBLISH, "ops.publications", EVENTS),
          new Place(Step.WRITE, "batch", 0));

  private static List<Place> placesBeforePublication() {
    List<Place> others = new ArrayList<>();
    for (Step step : List.of(Step.LIST, Step.STAGE, Step.READ, Step.WRITE, Step.CHECK)) {
      others.add(new Place(step, "", 0));
    }
    for (Table table : Tables.PUBLISHED) {
      if (!table.equals(Tables.TASK_RESULTS)) {
        others.add(new Place(Step.MOVE, table.logical(), table.equals(Tables.EVENTS) ? 0 : EVENTS));
      }
    }
    List<Place> places = new ArrayList<>(Extent.some("places to kill a driver at", others, 2));
    places.addAll(ALWAYS);
    return places;
  }

  /** A load at each place, all killed with their driver. */
  @Test
  void killedBeforePublication_load_changesNothingAndTheNextOneRepairs()
      throws InterruptedException {
    List<Place> places = placesBeforePublication();
    String before = reader.state();
    int content = otherThan(before);
    Map<Long, Place> dead = killed(content, places.toArray(Place[]::new));

    assertThat(reader.state()).isEqualTo(before);
    requireRunning(dead);
    dead.forEach(
        (load, place) -> {
          if (place.part().equals("batch")) {
            assertThat(services.number("SELECT count() FROM stage.raw_events_" + load))
                .isBetween(10L, EVENTS - 10L);
          }
        });

    LoadReport again = services.load(DAY);
    assertThat(again.load().status()).as(again.text()).hasToString("published");
    assertThat(reader.state()).isEqualTo(states[content]);

    services.sweepAtOnce();
    // A sweep leaves a load that may still run.
    requireRunning(dead);
    for (long load : dead.keySet()) {
      LocalServices.abandon(services.admin(), "load_id = " + load);
      assertThat(services.ledgerStatus(load)).isEqualTo("abandoned");
    }
    services.sweepAtOnce();
    for (long load : dead.keySet()) {
      assertThat(stageTables(load)).as("%s", dead.get(load)).isZero();
    }
    requireOnlyKeptLoads();
    assertThat(reader.state()).isEqualTo(states[content]);
    assertThat(reader.seen()).isSubsetOf(states);
  }

  private static void requireRunning(Map<Long, Place> dead) {
    dead.forEach(
        (load, place) -> {
          assertThat(services.ledgerStatus(load)).as("%s", place).isEqualTo("running");
          assertThat(stored("store.raw_events", load))
              .as("%s", place)
              .isEqualTo(place.movedEvents());
        });
  }

  @ParameterizedTest(name = "killedAt_{0}_{1}_theNewDayStays")
  @CsvSource({"PUBLISH, ops.loads, running, abandoned", "SWEEP, '', published, published"})
  void killedAfterPublication_load_staysVisible(
      Step step, String part, String statusBefore, String statusAfter) throws InterruptedException {
    int content = otherThan(reader.state());
    long dead = killed(content, new Place(step, part, EVENTS)).keySet().iterator().next();

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
    int shown = 0;
    Map<String, Integer> hits = new TreeMap<>();
    for (int i = 0; i < RANDOM_KILLS; i++) {
      String before = reader.state();
      int content = otherThan(before);
      String millis = String.valueOf(random.nextInt(UNDISTURBED_MILLIS));
      hits.merge(kill(content, new Place(Step.START, millis, 0)), 1, Integer::sum);
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
            .formatted(RANDOM_KILLS, hits, shown));
  }

  /** Runs loads of a content in a JVM that kills itself; returns the dead loads in their order. */
  private static Map<Long, Place> killed(int content, Place... places) throws InterruptedException {
    long last = lastLoad();
    kill(content, places);
    Map<Long, Place> dead = new LinkedHashMap<>();
    services
        .rows(
            "SELECT toInt64(load_id) AS load FROM ops.loads WHERE event_date = '%s' AND load_id > %d"
                    .formatted(DAY, last)
                + " ORDER BY load")
        .forEach(row -> dead.put(row.getLong("load"), places[dead.size()]));
    assertThat(dead).hasSameSizeAs(places);
    return dead;
  }

  /** Returns the step that the last of the loads was killed in. */
  private static String kill(int content, Place... places) throws InterruptedException {
    services.put(DAY, "a.jsonl", lines[content]);
    List<String> arguments = new ArrayList<>(List.of(DAY.toString(), services.eventsUri()));
    for (Place place : places) {
      arguments.addAll(List.of(place.step().name(), place.part()));
    }
    ForkedJvm.Result result = drivers.run(arguments.toArray(String[]::new));
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
