package edtech.analytics.clickhouse.store;

import com.clickhouse.client.api.query.GenericRecord;
import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.ClickHouseException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Owns {@code ops.publications}: the one row that makes a load visible in all tables at once. */
public final class Publications {
  static final String TABLE = "ops.publications";

  private final ClickHouse server;
  private final Replicas replicas;
  private final int minReplicas;

  /**
   * @param minReplicas how many replicas must hold a load before it is published
   */
  public Publications(ClickHouse server, Replicas replicas, int minReplicas) {
    this.server = server;
    this.replicas = replicas;
    this.minReplicas = minReplicas;
  }

  /**
   * A number higher than those of all loads and publications, from the server's clock. Where that
   * clock is behind the one that gave the last number, a little more than that: the random part
   * keeps two loads apart that ask two replicas at once.
   */
  public long nextSeq() {
    server.catchUp(TABLE);
    server.catchUp(LoadLog.TABLE);
    return server.number(
        """
        SELECT greatest(toInt64(generateSnowflakeID()), last + 1 + rand() % 1048576)
        FROM (
            SELECT toInt64(greatest(
                (SELECT max(seq) FROM ops.publications),
                (SELECT max(load_id) FROM store.load_log))) AS last)
        """,
        Map.of());
  }

  /** The last publication of a day, which may be a withdrawal; empty when there was none. */
  public Optional<Publication> current(LocalDate date) {
    return all(date).stream().findFirst();
  }

  /** All publications of a day, withdrawals included, the last one first. */
  public List<Publication> all(LocalDate date) {
    server.catchUp(TABLE);
    return server
        .rows(
            """
            SELECT DISTINCT event_date, toInt64(seq) AS seq, toInt64(load_id) AS load_id, fingerprint
            FROM ops.publications
            WHERE event_date = {date:Date}
            ORDER BY seq DESC
            """,
            Map.of("date", date.toString()))
        .stream()
        .map(Publications::publication)
        .toList();
  }

  /** The last publication of every day, withdrawals included, the first day first. */
  public List<Publication> last() {
    server.catchUp(TABLE);
    return server
        .rows(
            """
            SELECT p.event_date AS event_date, toInt64(max(p.seq)) AS seq,
                toInt64(argMax(p.load_id, p.seq)) AS load_id,
                argMax(p.fingerprint, p.seq) AS fingerprint
            FROM ops.publications AS p
            GROUP BY p.event_date
            ORDER BY p.event_date
            """)
        .stream()
        .map(Publications::publication)
        .toList();
  }

  /**
   * Publishes. Doing it twice with the same values is harmless: the second row says the same.
   *
   * @param rows rows of the day by logical table
   * @throws ClickHouseException when the row is not there, or it can't be told whether it is
   */
  public void publish(Publication publication, Map<String, Long> rows) {
    if (!publication.isWithdrawn()) {
      new Holders(replicas).require(publication.date(), publication.loadId(), rows, minReplicas);
    }
    Map<String, Object> row =
        Map.of(
            "event_date", publication.date().toString(),
            "seq", publication.seq(),
            "load_id", publication.loadId(),
            "fingerprint", publication.fingerprint(),
            "rows", rows);
    try {
      server.insert(TABLE, List.of(row), "publication/" + publication.seq());
    } catch (ClickHouseException unclear) {
      // The answer may have been lost after the row was written. What the table says counts.
      if (!isPublished(publication)) {
        throw unclear;
      }
    }
  }

  private boolean isPublished(Publication publication) {
    return all(publication.date()).stream().anyMatch(p -> p.seq() == publication.seq());
  }

  /** Rows of a published load by logical table, as they were when it was first published. */
  public Map<String, Long> rows(LocalDate date, long loadId) {
    return server
        .rows(
            """
            SELECT entry.1 AS name, toInt64(entry.2) AS n
            FROM (
                SELECT rows FROM ops.publications
                WHERE event_date = {date:Date} AND load_id = {load:UInt64}
                ORDER BY seq
                LIMIT 1)
            ARRAY JOIN CAST(rows, 'Array(Tuple(String, UInt64))') AS entry
            """,
            Map.of("date", date.toString(), "load", loadId))
        .stream()
        .collect(Collectors.toMap(r -> r.getString("name"), r -> r.getLong("n")));
  }

  private static Publication publication(GenericRecord row) {
    return new Publication(
        row.getLocalDate("event_date"),
        row.getLong("seq"),
        row.getLong("load_id"),
        row.getString("fingerprint"));
  }
}
