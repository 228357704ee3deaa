package edtech.analytics.clickhouse.store;

import com.clickhouse.client.api.query.GenericRecord;
import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.ClickHouseException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
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

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  /**
   * Runs a query on every replica that answers; its rows come with the replica's name. The name is
   * joined: a scalar subquery would be answered once, by the server that is talked to.
   */
  private static final String EVERYWHERE =
      """
      SELECT * FROM clusterAllReplicas('%s', view(
          SELECT here.replica AS replica, answer.*
          FROM
              (SELECT any(replica_name) AS replica FROM system.replicas
               WHERE database = 'ops' AND table = 'publications') AS here
          CROSS JOIN (%s) AS answer))
      SETTINGS skip_unavailable_shards = 1
      """;

  /**
   * What one replica shows of each day that was ever published, load 0 = nothing, and the loads
   * that it showed until a few minutes ago. The row of day 0 says that the replica has answered.
   */
  private static final String SHOWN =
      """
      SELECT event_date, toInt64(history[-1].1) AS seq, toInt64(history[-1].2) AS load_id,
          arrayStringConcat(arrayMap(
              place -> toString(history[place].2),
              arrayFilter(
                  place -> history[place + 1].3 >= now64(6, 'UTC') - toIntervalMinute(%d),
                  range(1, length(history)))), ',') AS lately
      FROM (
          SELECT event_date, arraySort(groupArray((seq, load_id, shown_at))) AS history
          FROM (
              SELECT event_date, seq, load_id, shown_at FROM ops.shown
              UNION ALL SELECT toDate(0), 0, 0, now64(6, 'UTC'))
          GROUP BY event_date)
      """;

  /**
   * What replicas show at one moment.
   *
   * @param byReplica of each that answered, day to its publication, fingerprint ''
   * @param lately loads that some of them showed until a few minutes ago
   * @param away those that did not answer, which may show what they showed last
   */
  public record Shown(
      SortedMap<String, Map<LocalDate, Publication>> byReplica,
      Set<Long> lately,
      Set<String> away) {
    /** The loads that readers may be at. */
    Set<Long> loads() {
      Set<Long> loads = new TreeSet<>(lately);
      byReplica.values().forEach(days -> days.values().forEach(day -> loads.add(day.loadId())));
      return loads;
    }
  }

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
    return server.replicatedTables().areThere();
  }

  /**
   * The names of all replicas, those that are away included; none where there are none.
   *
   * @throws ClickHouseException when the server, being cut off from its keeper, does not know them
   */
  public Set<String> all() {
    if (!isOn()) {
      return new TreeSet<>();
    }
    Set<String> names =
        server
            .rows(
                """
                SELECT arrayJoin(mapKeys(replica_is_active)) AS replica FROM system.replicas
                WHERE database || '.' || table = {table:String}
                """,
                Map.of("table", Publications.TABLE))
            .stream()
            .map(row -> row.getString("replica"))
            .collect(Collectors.toCollection(TreeSet::new));
    if (names.isEmpty()) {
      throw new ClickHouseException(
          "the server does not say which replicas there are: does it reach its keeper?");
    }
    return names;
  }

  /** Those of all replicas that are not among the ones that answered. */
  Set<String> notAmong(Set<String> answered) {
    Set<String> away = all();
    away.removeAll(answered);
    return away;
  }

  /** What each replica shows; nothing where there are none. */
  public Shown shown() {
    return shown(0);
  }

  /**
   * The same, with what was replaced in view lately.
   *
   * @param minutes how long ago at most
   */
  Shown shown(int minutes) {
    SortedMap<String, Map<LocalDate, Publication>> byReplica = new TreeMap<>();
    Set<Long> lately = new TreeSet<>();
    everywhere(String.format(Locale.ROOT, SHOWN, minutes))
        .forEach(
            (replica, rows) -> {
              Map<LocalDate, Publication> days = new HashMap<>();
              rows.stream()
                  .map(
                      row ->
                          new Publication(
                              row.getLocalDate("event_date"),
                              row.getLong("seq"),
                              row.getLong("load_id"),
                              ""))
                  .filter(publication -> publication.seq() > 0)
                  .forEach(publication -> days.put(publication.date(), publication));
              byReplica.put(replica, days);
              rows.stream()
                  .flatMap(row -> Arrays.stream(row.getString("lately").split(",")))
                  .filter(load -> !load.isEmpty())
                  .forEach(load -> lately.add(Long.parseLong(load)));
            });
    return new Shown(byReplica, lately, notAmong(byReplica.keySet()));
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
   * Waits until no replica shows one of these loads.
   *
   * @return the replicas that still do after a minute, and those that are away, which may
   */
  public Set<String> awaitHidden(Set<Long> loads) {
    Set<String> showing = new TreeSet<>();
    await(
        () -> {
          showing.clear();
          Shown now = shown();
          now.byReplica()
              .forEach(
                  (replica, days) -> {
                    if (days.values().stream().anyMatch(day -> loads.contains(day.loadId()))) {
                      showing.add(replica);
                    }
                  });
          boolean isOver = showing.isEmpty();
          showing.addAll(now.away());
          return isOver;
        });
    return showing;
  }

  /**
   * The rows of a query on each replica that answers, by its name; nothing where there are none.
   */
  Map<String, List<GenericRecord>> everywhere(String sql) {
    if (!isOn()) {
      return Map.of();
    }
    return server.rows(String.format(Locale.ROOT, EVERYWHERE, cluster, sql)).stream()
        .collect(Collectors.groupingBy(row -> row.getString("replica")));
  }

  /** Polls until it is so; false when it was not within a minute. */
  static boolean await(BooleanSupplier isSo) {
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
