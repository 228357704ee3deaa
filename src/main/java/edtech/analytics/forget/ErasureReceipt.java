package edtech.analytics.forget;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import edtech.analytics.clickhouse.store.Erasures.ErasedLoad;
import edtech.analytics.model.Tables;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What was removed of a user, by this run and those before it. Names the user by their hash: a
 * receipt is kept, and must not keep whom it is about.
 *
 * @param finishedAt empty when something is left to do for another run
 * @param loads all loads that held the user; none of them is stored any more, unless there are
 *     problems
 * @param replicas of each replica, by name, whether it has dropped those loads; empty where there
 *     are none
 * @param problems why the run is not finished; one line each
 */
public record ErasureReceipt(
    String userHash,
    Instant begunAt,
    Optional<Instant> finishedAt,
    List<ErasedLoad> loads,
    Map<String, Boolean> replicas,
    List<String> problems) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** What no command of the job reaches. */
  private static final List<String> TO_DO =
      List.of(
          "S3: delete the user's lines from the objects below events-uri, older versions of them"
              + " included; loads leave the user out, but the objects hold them",
          "history marts: run make dbt, whose working tables hold the user until then",
          "backups of ClickHouse and of its disks, and copies made by others",
          "logs of ClickHouse of the time of this run: its queries had the id as a parameter");

  public boolean isFinished() {
    return finishedAt.isPresent();
  }

  /** Whether any load held the user, in this run or in one before it. */
  public boolean isFound() {
    return !loads.isEmpty();
  }

  /** Human-readable summary. */
  public String text() {
    StringBuilder text = new StringBuilder("user with hash " + userHash + "\n");
    for (ErasedLoad load : loads) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %s  load %d %s:%s%n",
              load.date(),
              load.loadId(),
              load.replacedBy() == 0 ? "dropped" : "replaced by load " + load.replacedBy(),
              counts(load.rows())));
    }
    text.append("  rows removed from view:").append(counts(removedFromView())).append('\n');
    replicas.forEach(
        (name, isErased) ->
            text.append("  replica ")
                .append(name)
                .append(isErased ? ": erased\n" : ": not erased yet\n"));
    text.append("still to be done, by you:\n");
    TO_DO.forEach(what -> text.append("  ").append(what).append('\n'));
    return text.toString();
  }

  /** The same as JSON. */
  public String json() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("user_hash", userHash);
    all.put("begun_at", begunAt.toString());
    all.put("finished_at", finishedAt.map(Instant::toString).orElse(null));
    all.put("rows_removed_from_view", removedFromView());
    all.put(
        "rejected_lines_removed_from_view",
        removedFromView().getOrDefault(Tables.REJECTED_EVENTS.logical(), 0L));
    all.put("loads", loads.stream().map(ErasureReceipt::json).toList());
    if (!replicas.isEmpty()) {
      all.put("erased_by_replica", replicas);
    }
    all.put("problems", problems);
    all.put("to_do", TO_DO);
    try {
      return JSON.writeValueAsString(all) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Rows that readers saw, by table; of loads that nobody saw, each has its own. */
  private Map<String, Long> removedFromView() {
    Map<String, Long> rows = new TreeMap<>();
    loads.stream()
        .filter(load -> load.replacedBy() > 0)
        .forEach(load -> load.rows().forEach((table, n) -> rows.merge(table, n, Long::sum)));
    return rows;
  }

  private static Map<String, Object> json(ErasedLoad load) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("event_date", load.date().toString());
    one.put("load_id", load.loadId());
    one.put("replaced_by", load.replacedBy() == 0 ? null : load.replacedBy());
    one.put("rows", load.rows());
    return one;
  }

  private static String counts(Map<String, Long> rows) {
    StringBuilder text = new StringBuilder();
    rows.forEach((table, n) -> text.append(String.format(Locale.ROOT, "  %s %,d", table, n)));
    return text.isEmpty() ? "  none" : text.toString();
  }
}
