package edtech.analytics.clickhouse.store;

import java.time.LocalDate;

/**
 * What is visible of a day.
 *
 * @param date the day, in the configured zone
 * @param seq its place in the order of publications; equal to {@code loadId} unless rolled back
 * @param loadId the load that is visible
 * @param fingerprint what that load was made from
 */
public record Publication(LocalDate date, long seq, long loadId, String fingerprint) {
  /** Whether the day is pinned to a load, as by a rollback: only a forced load replaces it. */
  public boolean isPinned() {
    return seq != loadId;
  }
}
