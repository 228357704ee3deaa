package edtech.analytics.clickhouse;

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
    String jobVersion) {}
