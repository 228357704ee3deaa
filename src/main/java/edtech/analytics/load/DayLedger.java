package edtech.analytics.load;

import edtech.analytics.clickhouse.store.LineCounts;
import edtech.analytics.clickhouse.store.Stage;
import edtech.analytics.input.DayInput;
import edtech.analytics.input.line.EventKind;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Row;

/** Where every line of a day ended, by object and in total. */
final class DayLedger {
  private static final Map<EventKind, Table> TABLE_OF_KIND =
      Map.of(
          EventKind.PURCHASE, Tables.PURCHASES,
          EventKind.TASK_RESULT, Tables.TASK_RESULTS,
          EventKind.AB_ASSIGNMENT, Tables.AB_TEST_ASSIGNMENTS);

  /** Where the events of a kind are counted by lesson. */
  private static final Map<EventKind, String> LESSON_EVENTS =
      Map.of(EventKind.LESSON_START, "starts", EventKind.LESSON_COMPLETE, "completions");

  private final Map<Integer, LineCounts> byObject = new HashMap<>();
  private final Map<String, Long> acceptedByKind = new HashMap<>();
  private final Set<Integer> read = new HashSet<>();
  private final Set<String> refused = new TreeSet<>();
  private final LineCounts total;

  /**
   * @param rows of {@code sql/day/ledger.sql}
   */
  DayLedger(DayInput input, List<Row> rows) {
    int own = input.own().size();
    for (Row row : rows) {
      int object = row.getAs("object");
      String outcome = row.getAs("outcome");
      if (outcome.equals("refused")) {
        refused.add(row.getAs("reason"));
        continue;
      }
      long n = row.getAs("lines");
      if (outcome.equals("accepted")) {
        acceptedByKind.merge(row.getAs("event_kind"), n, Long::sum);
      }
      if (outcome.equals("lines")) {
        read.add(object);
      }
      byObject.merge(object, counts(row, outcome, n, object >= own), LineCounts::plus);
    }
    total = byObject.values().stream().reduce(LineCounts.NONE, LineCounts::plus);
  }

  private static LineCounts counts(Row row, String outcome, long n, boolean isOther) {
    return switch (outcome) {
      case "lines" ->
          isOther
              ? LineCounts.NONE
              : new LineCounts(
                  n,
                  row.getAs("blank_lines"),
                  row.getAs("ignored"),
                  0,
                  0,
                  0,
                  row.getAs("other_day"),
                  0,
                  Map.of());
      case "wanted" -> isOther ? new LineCounts(0, 0, 0, 0, 0, 0, 0, n, Map.of()) : LineCounts.NONE;
      case "accepted" -> new LineCounts(0, 0, 0, n, 0, 0, 0, 0, Map.of());
      case "duplicate" -> new LineCounts(0, 0, 0, 0, n, 0, 0, 0, Map.of());
      case "rejected" -> new LineCounts(0, 0, 0, 0, 0, n, 0, 0, Map.of(row.getAs("reason"), n));
      default -> throw new IllegalStateException("no outcome is named " + outcome);
    };
  }

  LineCounts total() {
    return total;
  }

  /** Counts by the object's number: own objects first, then those of other folders. */
  Map<Integer, LineCounts> byObject() {
    return byObject;
  }

  /** Rows that a table must have, for the tables whose rows the ledger counts. */
  Map<Table, Long> expectedRows() {
    Map<Table, Long> rows = new HashMap<>();
    rows.put(Tables.EVENTS, total.accepted());
    rows.put(Tables.REJECTED_EVENTS, total.rejected());
    TABLE_OF_KIND.forEach(
        (kind, table) -> rows.put(table, acceptedByKind.getOrDefault(kind.code(), 0L)));
    return rows;
  }

  /**
   * Requires that the staged lessons have the events that were accepted.
   *
   * @throws LoadFailedException when they have more or fewer
   */
  void requireLessons(Stage stage) {
    Map<String, Long> staged = stage.lessonEvents();
    LESSON_EVENTS.forEach(
        (kind, column) -> {
          long accepted = acceptedByKind.getOrDefault(kind.code(), 0L);
          if (staged.get(column) != accepted) {
            throw new LoadFailedException(
                column
                    + " of "
                    + Tables.USER_LESSONS
                    + " is "
                    + staged.get(column)
                    + ", accepted events of kind "
                    + kind.code()
                    + " are "
                    + accepted
                    + ": nothing was published; this is a fault of the job, please report it");
          }
        });
  }

  /**
   * Fails when an object could not be read.
   *
   * @throws LoadFailedException with the reason, and how many others there are
   */
  void requireReadable() {
    if (!refused.isEmpty()) {
      String others = refused.size() == 1 ? "" : " (and " + (refused.size() - 1) + " more)";
      throw new LoadFailedException(refused.iterator().next() + others);
    }
  }

  /**
   * Fails unless every object was read, and each of its lines ended in exactly one place.
   *
   * @throws LoadFailedException with the object whose lines don't add up
   */
  void requireBalance(DayInput input) {
    for (int number = 0; number < input.own().size(); number++) {
      if (!read.contains(number)) {
        throw new LoadFailedException(
            input.own().get(number).uri()
                + " was listed but not read: nothing was published; this is a fault of the job, please"
                + " report it");
      }
    }
    byObject.forEach(
        (number, counts) -> {
          if (!counts.isBalanced()) {
            throw new LoadFailedException(
                "the ledger does not balance for "
                    + input.all().get(number).uri()
                    + " ("
                    + counts
                    + "): nothing was published; this is a fault of the job, please report it");
          }
        });
  }
}
