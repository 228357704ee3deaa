package edtech.analytics.clickhouse.store;

import java.util.Locale;

/** How a load stands. {@link #toString} gives the word that stands in {@code ops.loads}. */
public enum LoadStatus {
  RUNNING,
  PUBLISHED,
  /** Nothing has changed since the day was published. */
  SKIPPED,
  FAILED,
  /** A newer load of the day was published before this one could be. */
  SUPERSEDED,
  /** The day waits for somebody to look at it. */
  HELD,
  /** Its last heartbeat is an hour old: its driver died. */
  ABANDONED;

  /**
   * The status that a word of {@code ops.loads} stands for.
   *
   * @throws IllegalArgumentException when there is none
   */
  static LoadStatus of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** Whether the day shows what its objects hold. */
  public boolean isVisible() {
    return this == PUBLISHED || this == SKIPPED || this == SUPERSEDED;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
