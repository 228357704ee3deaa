package edtech.analytics.clickhouse;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;

/**
 * One load attempt as the ledger shows it; grain and meaning of the counts: {@code ops.loads}.
 *
 * @param status {@code running, published, skipped, failed, superseded} or {@code held}
 * @param bytes size of the objects as stored
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
