package edtech.analytics.clickhouse.store;

import com.clickhouse.client.api.query.GenericRecord;
import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.clickhouse.store.UserRows.StoredLoad;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * The servers that hold the store, and what each of them shows to its readers. A replica shows a
 * publication when it holds all rows of it itself ({@code ops.shown}); a server without replicas
 * shows it with the publication's row.
 *
 * <p>A replica is named as its tables are. One that does not answer is away: it may come back and
 * show what it showed last.
 */
public final class Replicas {
  /** Several times the period in which a replica looks what it holds. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String ANSWERS = "SELECT 1 AS one";

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  /** Runs a query on every replica that answers; its rows come with the replica's name. */
  private static final String EVERYWHERE =
      """
      SELECT * FROM clusterAllReplicas('%s', view(
          SELECT
              (SELECT any(replica_name) FROM system.replicas
               WHERE database = 'ops' AND table = 'publications') AS replica,
              answer.*
          FROM (%s) AS answer))
      SETTINGS skip_unavailable_shards = 1
      """;

  /** What one replica shows of each day that was ever published; load 0 = nothing. */
  private static final String SHOWN =
      """
      SELECT event_date, toInt64(max(last)) AS seq, toInt64(argMax(load, last)) AS load_id
      FROM (SELECT event_date, seq AS last, load_id AS load FROM ops.shown)
      GROUP BY event_date
      """;

  private final ClickHouse server;
  private final String cluster;

  /**
   * @param cluster as which the replicas reach each other; '' = as the database {@code store} names
   *     them
   */
  public Replicas(ClickHouse server, String cluster) {
    this.server = server;
    this.cluster = cluster.isEmpty() ? "store" : cluster;
  }

  /** Whether the store is on several replicas. */
  public boolean isOn() {
    return server.isReplicated(Publications.TABLE);
  }

  /** The names of all replicas, those that are away included; none where there are none. */
  public Set<String> all() {
    if (!isOn()) {
      return new TreeSet<>();
    }
    return server
        .rows(
            """
            SELECT arrayJoin(mapKeys(replica_is_active)) AS replica FROM system.replicas
            WHERE database || '.' || table = {table:String}
            """,
            Map.of("table", Publications.TABLE))
        .stream()
        .map(row -> row.getString("replica"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Of all replicas those that do not answer. */
  public Set<String> away() {
    Set<String> away = all();
    if (!away.isEmpty()) {
      away.removeAll(everywhere(ANSWERS).keySet());
    }
    return away;
  }

  /** What each replica that answers shows: replica to day to its publication, fingerprint ''. */
  public SortedMap<String, Map<LocalDate, Publication>> shown() {
    SortedMap<String, Map<LocalDate, Publication>> shown = new TreeMap<>();
    everywhere(ANSWERS).keySet().forEach(name -> shown.put(name, new HashMap<>()));
    everywhere(SHOWN)
        .forEach(
            (replica, rows) ->
                rows.forEach(
                    row -> {
                      LocalDate date = row.getLocalDate("event_date");
                      shown
                          .computeIfAbsent(replica, name -> new HashMap<>())
                          .put(
                              date,
                              new Publication(
                                  date, row.getLong("seq"), row.getLong("load_id"), ""));
                    }));
    return shown;
  }

  /**
   * Waits until the server that is talked to shows publications, or later ones of their days.
   *
   * @return those that it does not show when a minute is over
   */
  public List<Publication> awaitShown(Collection<Publication> publications) {
    List<Publication> missing = new ArrayList<>(publications);
    if (isOn()) {
      await(
          () -> {
            missing.removeIf(each -> shownHere(each.date()) >= each.seq());
            return missing.isEmpty();
          });
    } else {
      missing.clear();
    }
    return missing;
  }

  /** The seq of what this server shows of a day; 0 = of a day that it has never shown. */
  private long shownHere(LocalDate date) {
    return server.number(
        "SELECT toInt64(max(seq)) FROM ops.shown WHERE event_date = {date:Date}",
        Map.of("date", date.toString()));
  }

  /**
   * Waits until so many replicas hold all rows of a load. None of them is asked where one is
   * enough, which is the server that is talked to.
   *
   * @param rows by logical table
   * @throws ClickHouseException when fewer hold it after a minute
   */
  void requireHolders(LocalDate date, long loadId, Map<String, Long> rows, int least) {
    if (least == 1) {
      return;
    }
    Set<String> holders = new TreeSet<>();
    if (!isOn() || !await(() -> holders(date, loadId, rows, holders) >= least)) {
      throw new ClickHouseException(
          String.format(
              Locale.ROOT,
              "%s of the %d replicas that clickhouse.min-replicas asks for %s load %d of %s:"
                  + " nothing was published; look why the others do not, or lower the setting, and"
                  + " load the day again",
              holders.isEmpty() ? "1" : holders.size() + " (" + String.join(", ", holders) + ")",
              least,
              holders.size() > 1 ? "hold" : "holds",
              loadId,
              date));
    }
  }

  private int holders(LocalDate date, long loadId, Map<String, Long> rows, Set<String> holders) {
    holders.clear();
    everywhere(held(List.of(new StoredLoad(date, loadId))))
        .forEach(
            (replica, tables) -> {
              Map<String, Long> held =
                  tables.stream()
                      .collect(
                          Collectors.toMap(
                              row -> row.getString("name"), row -> row.getLong("held")));
              if (rows.entrySet().stream()
                  .allMatch(each -> held.getOrDefault(each.getKey(), 0L).equals(each.getValue()))) {
                holders.add(replica);
              }
            });
    return holders.size();
  }

  /** The query for the rows by logical table that one replica holds of loads. */
  private static String held(Collection<StoredLoad> loads) {
    return String.format(
        Locale.ROOT,
        """
        SELECT replaceOne(table, '_', '.') AS name, toInt64(sum(rows)) AS held FROM system.parts
        WHERE database = 'store' AND active AND replaceAll(partition, ' ', '') IN (%s)
        GROUP BY name""",
        loads.stream()
            .map(load -> "'(\\'" + load.date() + "\\'," + load.loadId() + ")'")
            .collect(Collectors.joining(", ")));
  }

  /**
   * The replicas that hold rows of any of these loads, and those that are away, which may.
   *
   * @param isToWait whether to give those that are there a minute to drop them
   */
  public Set<String> holders(Collection<StoredLoad> loads, boolean isToWait) {
    Set<String> holders = new TreeSet<>();
    if (!loads.isEmpty() && isOn()) {
      await(
          () -> {
            holders.clear();
            holders.addAll(everywhere(held(loads)).keySet());
            boolean isOver = holders.isEmpty();
            holders.addAll(away());
            return isOver || !isToWait;
          });
    }
    return holders;
  }

  /**
   * Waits until no replica shows one of these loads.
   *
   * @return the replicas that still do after a minute, and those that are away, which may
   */
  public Set<String> awaitHidden(Set<Long> loads) {
    Set<String> showing = new TreeSet<>();
    if (!loads.isEmpty() && isOn()) {
      await(
          () -> {
            showing.clear();
            Set<String> away = away();
            shown()
                .forEach(
                    (replica, days) -> {
                      if (days.values().stream().anyMatch(day -> loads.contains(day.loadId()))) {
                        showing.add(replica);
                      }
                    });
            boolean isOver = showing.isEmpty();
            showing.addAll(away);
            return isOver;
          });
    }
    return showing;
  }

  private Map<String, List<GenericRecord>> everywhere(String sql) {
    if (!isOn()) {
      return Map.of();
    }
    return server.rows(String.format(Locale.ROOT, EVERYWHERE, cluster, sql)).stream()
        .collect(Collectors.groupingBy(row -> row.getString("replica")));
  }

  /** Looks until it is so; returns whether it was within a minute. */
  private static boolean await(BooleanSupplier isSo) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!isSo.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      try {
        Thread.sleep(BETWEEN_LOOKS.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ClickHouseException("interrupted while waiting for replicas", e);
      }
    }
    return true;
  }
}
