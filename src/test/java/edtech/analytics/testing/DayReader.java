package edtech.analytics.testing;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads a day as a dashboard does, all tables in one query, again and again while it is open.
 * Remembers every state that it saw.
 */
public final class DayReader implements AutoCloseable {
  /** Separates the tables in a state. */
  public static final String BETWEEN = ", ";

  private static final int PAUSE_MILLIS = Extent.of(100, 20);

  /** In make test the readers of several days poll in turn, which leaves more to the loads. */
  private static final Semaphore TURNS = new Semaphore(Extent.of(1, 100), true);

  private final ClickHouse server;
  private final Set<String> seen = ConcurrentHashMap.newKeySet();
  private final AtomicLong polls = new AtomicLong();
  private final String query;
  private final Thread thread;
  private volatile boolean isClosed;
  private volatile boolean mayFail;
  private volatile RuntimeException fault;

  /** Reads what the user reader may read. */
  public DayReader(LocalDate date) {
    this(
        LocalServices.connect("CLICKHOUSE_READER_USER", "CLICKHOUSE_READER_PASSWORD"),
        readable().map(Table::logical).toList(),
        date);
  }

  /** Reads these tables; closes the connection in the end. */
  public DayReader(ClickHouse server, List<String> tables, LocalDate date) {
    this.server = server;
    query = query(tables, date);
    thread = new Thread(this::poll, "day-reader");
    thread.setDaemon(true);
    thread.start();
  }

  /** Asks for what {@link #state} is. */
  public static String query(List<String> tables, LocalDate date) {
    return "SELECT arrayStringConcat(arraySort(groupArray(part)), '"
        + BETWEEN
        + "') AS state FROM ("
        + tables.stream()
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
        // So small a day is read no faster by more threads, which other tests need.
        + ") SETTINGS max_threads = 1";
  }

  /** What {@link #state} is of a day that is not published. */
  public static String nothing() {
    return readable().map(table -> table + " 0:0").sorted().collect(Collectors.joining(BETWEEN));
  }

  private static Stream<Table> readable() {
    return Tables.PUBLISHED.stream().filter(table -> !table.equals(Tables.REJECTED_EVENTS));
  }

  /** Counts and checksums of the tables, as one query sees them. */
  public String state() {
    return server.rows(query).get(0).getString("state");
  }

  /** Every state that was seen so far. */
  public Set<String> seen() {
    if (fault != null) {
      throw fault;
    }
    return seen;
  }

  /** Whether polls may go without an answer, as the server is killed. */
  public void mayFail(boolean may) {
    mayFail = may;
  }

  public long polls() {
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
        TURNS.acquire();
        try {
          pollOnce();
        } finally {
          TURNS.release();
        }
        // A poll of all tables keeps half of a core busy: the loads need it more.
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (RuntimeException e) {
      fault = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pollOnce() {
    boolean mayFailFromHere = mayFail;
    try {
      seen.add(state());
      polls.incrementAndGet();
    } catch (ClickHouseException e) {
      if (!mayFailFromHere && !mayFail) {
        throw e;
      }
    }
  }
}
