package edtech.analytics.clickhouse.store;

import com.clickhouse.client.api.query.GenericRecord;
import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.clickhouse.store.UserRows.StoredLoad;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which replicas hold the rows of loads, by their own lists of parts. */
public final class Holders {
  private final Replicas replicas;

  public Holders(Replicas replicas) {
    this.replicas = replicas;
  }

  /**
   * Waits until so many replicas hold all rows of a load. None of them is asked where one is
   * enough, which is the server that is talked to.
   *
   * @param rows by logical table
   * @throws ClickHouseException when fewer hold it after a minute
   */
  void require(LocalDate date, long loadId, Map<String, Long> rows, int least) {
    if (least == 1) {
      return;
    }
    Set<String> holders = new TreeSet<>();
    if (!replicas.isOn() || !Replicas.await(() -> holders(date, loadId, rows, holders) >= least)) {
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
    replicas
        .everywhere(held(List.of(new StoredLoad(date, loadId))))
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

  /**
   * The query for the rows by logical table that one replica holds of loads. The row without a name
   * says that the replica has answered.
   */
  private static String held(Collection<StoredLoad> loads) {
    return String.format(
        Locale.ROOT,
        """
        SELECT table_name AS name, toInt64(sum(rows)) AS held FROM ops.stored_parts
        WHERE (event_date, load_id) IN (%s)
        GROUP BY name
        UNION ALL SELECT '', toInt64(0)""",
        Stream.concat(
                Stream.of("(toDate(0), 0)"),
                loads.stream()
                    .map(load -> "(toDate('" + load.date() + "'), " + load.loadId() + ")"))
            .collect(Collectors.joining(", ")));
  }

  /**
   * The replicas that hold rows of any of these loads, and those that are away, which may.
   *
   * @param isToWait whether to give those that are there a minute to drop them
   */
  public Set<String> of(Collection<StoredLoad> loads, boolean isToWait) {
    Set<String> holders = new TreeSet<>();
    Replicas.await(
        () -> {
          holders.clear();
          Map<String, List<GenericRecord>> answers = replicas.everywhere(held(loads));
          answers.forEach(
              (replica, tables) -> {
                if (tables.stream().anyMatch(row -> !row.getString("name").isEmpty())) {
                  holders.add(replica);
                }
              });
          boolean isOver = holders.isEmpty();
          holders.addAll(replicas.notAmong(answers.keySet()));
          return isOver || !isToWait;
        });
    return holders;
  }
}
