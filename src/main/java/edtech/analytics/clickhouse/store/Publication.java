package edtech.analytics.clickhouse.store;

import java.time.LocalDate;

/**
 * What is visible of a day.
 *
 * @param date the day, in the configured zone
 * @param seq its place in the order of publications; equal to {@code loadId} unless the day is
 *     pinned
 * @param loadId the load that is visible; 0 = none, the day was withdrawn
 * @param fingerprint what that load was made from; '' for none
 */
public record Publication(LocalDate date, long seq, long loadId, String fingerprint) {
  /** Shows nothing of a day that was published. */
  public static Publication withdrawal(LocalDate date, long seq) {
    return new Publication(date, seq, 0, "");
  }

  public boolean isWithdrawn() {
    return loadId == 0;
  }

  /** Whether the day was rolled back or withdrawn: only a forced load replaces it. */
  public boolean isPinned() {
    return seq != loadId;
  }
}
