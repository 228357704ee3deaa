package edtech.analytics.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * How much the tests that break things break: a little in make test, much in make chaos
 * (-Dchaos.full=true). What they choose at random follows from a seed that they print;
 * -Dchaos.seed=N repeats the choices.
 */
public final class Extent {
  private static final boolean IS_FULL = Boolean.getBoolean("chaos.full");
  private static final long SEED = Long.getLong("chaos.seed", System.nanoTime() % 1_000_000_000);

  private Extent() {}

  public static boolean isFull() {
    return IS_FULL;
  }

  public static int of(int brief, int full) {
    return IS_FULL ? full : brief;
  }

  /**
   * Choices of a test.
   *
   * @param name of the test, so that each has choices of its own
   */
  public static Random random(String name) {
    say(name + ": chaos.seed=" + SEED);
    return new Random(SEED + name.hashCode());
  }

  /**
   * Cases of a test: all of them in make chaos, a few drawn at random in make test.
   *
   * @param name of the test, so that each has choices of its own
   */
  public static <T> List<T> some(String name, List<T> cases, int few) {
    List<T> drawn = new ArrayList<>(cases);
    Collections.shuffle(drawn, random(name));
    return drawn.subList(0, of(few, drawn.size()));
  }

  /** Says what a test found, for docs/reliability.md. */
  public static void say(String found) {
    System.out.println("[chaos] " + found);
  }
}
