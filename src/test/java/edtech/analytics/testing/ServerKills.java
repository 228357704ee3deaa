package edtech.analytics.testing;

import edtech.analytics.load.Step;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Replaces one content of a day by the other one, again and again, and kills the server at a random
 * moment of each time, while a reader polls. Then starts the server, looks at what readers see, and
 * replaces once more without a kill. Judges nothing: counts what it saw.
 */
public final class ServerKills {
  private final OwnClickHouse server;
  private final Replacing replacing;
  private final DayReader reader;
  private final List<String> states;
  private final Random random;
  private final Map<Step, Long> nanos = new EnumMap<>(Step.class);
  private final Tally tally = new Tally();

  /**
   * @param states what readers see of content 0 and of content 1
   */
  public ServerKills(
      OwnClickHouse server,
      Replacing replacing,
      DayReader reader,
      List<String> states,
      Random random) {
    this.server = server;
    this.replacing = replacing;
    this.reader = reader;
    this.states = states;
    this.random = random;
  }

  /**
   * What was seen; every number but the first three is of kills after which something was wrong.
   */
  public static final class Tally {
    private final Map<String, Integer> hits = new TreeMap<>();
    private final Map<String, Integer> errors = new TreeMap<>();
    private int kills;
    private int leftOld;
    private int leftNew;
    private int survived;

    /** A poll saw a state that is neither content, before the kill or after it. */
    public int mixedWhilePolled;

    /** What the server has after its restart is neither content. */
    public int mixedAfterRestart;

    /** One of the tables has rows of both, or a part of the rows, after the restart. */
    int tornTable;

    /** It said that readers see the content, and after the restart they don't. */
    public int lost;

    /** Readers see the content although nothing was to be published yet. */
    public int early;

    /** Another try did not bring the content. */
    public int notRepaired;

    /** Errors, in the words of the one who replaces, and how often. */
    public Map<String, Integer> errors() {
      return errors;
    }

    Map<String, Integer> hits() {
      return hits;
    }

    @Override
    public String toString() {
      return kills
          + " kills, in "
          + hits
          + "; after the restart "
          + leftOld
          + " times the old day, "
          + leftNew
          + " times the new one; "
          + survived
          + " loads ended well in spite of the kill; mixed: "
          + mixedWhilePolled
          + " while polled, "
          + mixedAfterRestart
          + " after the restart, "
          + tornTable
          + " within one table; lost "
          + lost
          + ", early "
          + early
          + ", not repaired "
          + notRepaired
          + "; errors "
          + errors;
    }
  }

  /** Kills so many times, or until enough was seen. */
  public Tally run(int kills, Predicate<Tally> isEnough) throws InterruptedException {
    // What a step takes is known from the time before.
    repair(1);
    repair(0);
    for (int i = 0; i < kills && !isEnough.test(tally); i++) {
      int content = (i + 1) % 2;
      kill(content);
      repair(content);
    }
    return tally;
  }

  private void kill(int content) throws InterruptedException {
    Step step = replacing.steps().get(random.nextInt(replacing.steps().size()));
    long longest = nanos.getOrDefault(step, 0L) + 1_000_000;
    long delay = (long) (random.nextDouble() * longest);
    boolean startsAtOnce = random.nextBoolean();
    Killer killer = new Killer(step, delay, startsAtOnce);
    String error = replacing.replace(content, killer);
    killer.end();
    String after = reader.state();

    tally.kills++;
    tally.hits.merge(killer.hit, 1, Integer::sum);
    boolean isNew = after.equals(states.get(content));
    boolean isOld = after.equals(states.get(1 - content));
    if (isNew) {
      tally.leftNew++;
    } else if (isOld) {
      tally.leftOld++;
    } else {
      tally.mixedAfterRestart++;
      Extent.say("mixed after a kill in " + killer.hit + ": " + shortened(after));
      if (tornTables(after)) {
        tally.tornTable++;
      }
    }
    if (error.isEmpty()) {
      tally.survived++;
      if (!isNew) {
        tally.lost++;
      }
    } else {
      tally.errors.merge(error, 1, Integer::sum);
    }
    if (isNew && !killer.isPublishing) {
      tally.early++;
    }
    Set<String> others = new HashSet<>(reader.seen());
    others.removeAll(states);
    if (!others.isEmpty()) {
      tally.mixedWhilePolled++;
      reader.seen().removeAll(others);
    }
  }

  private void repair(int content) {
    Stopwatch stopwatch = new Stopwatch();
    String error = replacing.replace(content, stopwatch);
    stopwatch.end();
    if (!error.isEmpty() || !reader.state().equals(states.get(content))) {
      tally.notRepaired++;
      Extent.say("not repaired: " + error);
    }
  }

  private boolean tornTables(String state) {
    List<String> whole = new ArrayList<>();
    states.forEach(one -> whole.addAll(List.of(one.split(DayReader.BETWEEN))));
    return !whole.containsAll(List.of(state.split(DayReader.BETWEEN)));
  }

  private String shortened(String state) {
    List<String> old = List.of(states.get(0).split(DayReader.BETWEEN));
    List<String> now = List.of(states.get(1).split(DayReader.BETWEEN));
    StringBuilder text = new StringBuilder();
    for (String table : state.split(DayReader.BETWEEN)) {
      text.append(
          old.contains(table)
              ? (now.contains(table) ? '=' : '0')
              : now.contains(table) ? '1' : 'X');
    }
    return text.toString();
  }

  /** Measures the steps. */
  private final class Stopwatch extends SilentProgress {
    private Step step;
    private long started;

    @Override
    public void begins(LocalDate date, Step next) {
      end();
      step = next;
      started = System.nanoTime();
    }

    private void end() {
      if (step != null) {
        nanos.put(step, System.nanoTime() - started);
      }
    }
  }

  /** Kills the server when a time has passed since a step began, and starts it again. */
  private final class Killer extends SilentProgress {
    private final Step step;
    private final long delay;
    private final boolean startsAtOnce;
    private final Thread thread = new Thread(this::kill, "server-killer");
    private volatile long began;
    private volatile String now = "";
    private volatile String hit = "";
    private volatile boolean isPublishing;

    private Killer(Step step, long delay, boolean startsAtOnce) {
      this.step = step;
      this.delay = delay;
      this.startsAtOnce = startsAtOnce;
    }

    @Override
    public void begins(LocalDate date, Step next) {
      now = next.number() + " " + next.key();
      if (next == step) {
        began = System.nanoTime();
        thread.start();
      }
    }

    @Override
    public void begins(LocalDate date, Step step, String part) {
      if (step == Step.PUBLISH) {
        isPublishing = true;
      }
    }

    /** Waits until the server runs again. */
    private void end() throws InterruptedException {
      now = "the end";
      if (began == 0) {
        throw new IllegalStateException("step " + step + " was never reached");
      }
      thread.join();
      if (!startsAtOnce) {
        restart();
      }
    }

    private void kill() {
      while (System.nanoTime() - began < delay) {
        Thread.onSpinWait();
      }
      reader.mayFail(true);
      hit = now;
      server.kill();
      if (startsAtOnce) {
        restart();
      }
    }

    private void restart() {
      server.start();
      reader.mayFail(false);
    }
  }
}
