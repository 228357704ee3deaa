package edtech.analytics.clickhouse.store;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;

/**
 * One load attempt as the ledger shows it; grain and meaning of the counts: {@code ops.loads}.
 *
 * @param status {@code running, published, skipped, failed, superseded} or {@code held}
 * @param date the day loaded, in the configured zone
 * @param sourceUri the day's own folder
 * @param objects how many were listed, those of later folders included; 0 before
 * @param bytes size of the objects as stored
 * @param fingerprint '' until the objects are listed
 * @param counts all 0 until the lines are counted
 * @param rowsByTable rows staged by logical table; empty until then
 * @param error '' unless the load failed
 */
public record LoadRecord(
    long loadId,
    LocalDate date,
    String status,
    String sourceUri,
    int objects,
    long bytes,
    String fingerprint,
    LineCounts counts,
    Map<String, Long> rowsByTable,
    Instant startedAt,
    String error,
    String jobVersion) {

  /** The same load under its number. */
  public LoadRecord withLoadId(long id) {
    return new LoadRecord(
        id,
        date,
        status,
        sourceUri,
        objects,
        bytes,
        fingerprint,
        counts,
        rowsByTable,
        startedAt,
        error,
        jobVersion);
  }

  /** The same load with what it reads. */
  public LoadRecord withSource(int sourceObjects, long sourceBytes, String sourceFingerprint) {
    return new LoadRecord(
        loadId,
        date,
        status,
        sourceUri,
        sourceObjects,
        sourceBytes,
        sourceFingerprint,
        counts,
        rowsByTable,
        startedAt,
        error,
        jobVersion);
  }

  /** The same load with where its lines ended. */
  public LoadRecord withCounts(LineCounts lineCounts) {
    return new LoadRecord(
        loadId,
        date,
        status,
        sourceUri,
        objects,
        bytes,
        fingerprint,
        lineCounts,
        rowsByTable,
        startedAt,
        error,
        jobVersion);
  }

  /** The same load with the rows it staged. */
  public LoadRecord withRows(Map<String, Long> rows) {
    return new LoadRecord(
        loadId,
        date,
        status,
        sourceUri,
        objects,
        bytes,
        fingerprint,
        counts,
        rows,
        startedAt,
        error,
        jobVersion);
  }

  /** The same load as it ended. */
  public LoadRecord withStatus(String newStatus, String newError) {
    return new LoadRecord(
        loadId,
        date,
        newStatus,
        sourceUri,
        objects,
        bytes,
        fingerprint,
        counts,
        rowsByTable,
        startedAt,
        newError,
        jobVersion);
  }
}
