package edtech.analytics.load;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import java.time.LocalDate;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads a day as a dashboard does, as the user reader: all tables that it may read in one query,
 * again and again while it is open. Remembers every state that it saw.
 */
final class DayReader implements AutoCloseable {
  private final ClickHouse server =
      LocalServices.connect("CLICKHOUSE_READER_USER", "CLICKHOUSE_READER_PASSWORD");
  private final Set<String> seen = ConcurrentHashMap.newKeySet();
  private final AtomicLong polls = new AtomicLong();
  private final String query;
  private final Thread thread;
  private volatile boolean isClosed;
  private volatile RuntimeException fault;

  DayReader(LocalDate date) {
    query =
        "SELECT arrayStringConcat(arraySort(groupArray(part)), ' ') AS state FROM ("
            + readable()
                .map(
                    table ->
                        "SELECT concat('"
                            + table
                            + " ', toString(count()), ':', toString(sum(cityHash64(toString(tuple(*)))))) AS part"
                            + " FROM "
                            + table
                            + " WHERE event_date = '"
                            + date
                            + "'")
                .collect(Collectors.joining(" UNION ALL "))
            + ")";
    thread = new Thread(this::poll, "day-reader");
    thread.setDaemon(true);
    thread.start();
  }

  /** What {@link #state} is of a day that is not published. */
  static String nothing() {
    return readable().map(table -> table + " 0:0").sorted().collect(Collectors.joining(" "));
  }

  private static Stream<Table> readable() {
    return Tables.PUBLISHED.stream().filter(table -> !table.equals(Tables.REJECTED_EVENTS));
  }

  /** Counts and checksums of the tables, as one query sees them. */
  String state() {
    return server.rows(query).get(0).getString("state");
  }

  /** Every state that was seen so far. */
  Set<String> seen() {
    if (fault != null) {
      throw fault;
    }
    return seen;
  }

  long polls() {
    return polls.get();
  }

  @Override
  public void close() throws InterruptedException {
    isClosed = true;
    thread.join(60_000);
    server.close();
  }

  private void poll() {
    try {
      while (!isClosed) {
        seen.add(state());
        polls.incrementAndGet();
        Thread.sleep(20);
      }
    } catch (RuntimeException e) {
      fault = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
