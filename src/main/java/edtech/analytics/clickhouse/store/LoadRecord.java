package edtech.analytics.clickhouse.store;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;

/**
 * One load attempt as the ledger shows it; grain and meaning of the counts: {@code ops.loads}.
 *
 * @param loadId 0 before it has one
 * @param date the day loaded, in the configured zone
 * @param counts all 0 until the lines are counted
 * @param rowsByTable rows staged by logical table; empty until then
 * @param error '' unless the load failed or is held
 */
public record LoadRecord(
    long loadId,
    LocalDate date,
    LoadStatus status,
    Source source,
    LineCounts counts,
    Map<String, Long> rowsByTable,
    Instant startedAt,
    String error,
    String jobVersion) {

  /**
   * What a load reads.
   *
   * @param uri the day's own folder
   * @param objects how many were listed, those of later folders included; 0 before
   * @param bytes size of the objects as stored
   * @param fingerprint '' until the objects are listed
   */
  public record Source(String uri, int objects, long bytes, String fingerprint) {
    /** A folder that is not listed yet. */
    public static Source at(String uri) {
      return new Source(uri, 0, 0, "");
    }
  }
}
