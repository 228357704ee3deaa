package edtech.analytics.clickhouse.store;

import java.util.Map;
import java.util.TreeMap;

/**
 * Where the lines of a load, or of one of its objects, ended.
 *
 * @param linesRead lines of the day's own objects, blank ones included
 * @param ignored lines of the day's own objects that are no event by a rule of the source
 * @param late events of the day that were taken from folders of other days
 * @param otherDay events of the day's own objects that belong to other days, in order
 * @param rejectedByReason reason code to lines; sums to {@code rejected}
 */
public record LineCounts(
    long linesRead,
    long blankLines,
    long ignored,
    long accepted,
    long duplicates,
    long rejected,
    long otherDay,
    long late,
    Map<String, Long> rejectedByReason) {

  public static final LineCounts NONE = new LineCounts(0, 0, 0, 0, 0, 0, 0, 0, Map.of());

  /** Whether every line ended in exactly one place. */
  public boolean isBalanced() {
    return linesRead + late == blankLines + ignored + accepted + duplicates + rejected + otherDay;
  }

  /** Lines of the day's own objects that were to be events: neither blank nor ignored. */
  public long judged() {
    return linesRead - blankLines - ignored;
  }

  /** The sum of both. */
  public LineCounts plus(LineCounts more) {
    Map<String, Long> reasons = new TreeMap<>(rejectedByReason);
    more.rejectedByReason.forEach((reason, n) -> reasons.merge(reason, n, Long::sum));
    return new LineCounts(
        linesRead + more.linesRead,
        blankLines + more.blankLines,
        ignored + more.ignored,
        accepted + more.accepted,
        duplicates + more.duplicates,
        rejected + more.rejected,
        otherDay + more.otherDay,
        late + more.late,
        reasons);
  }
}
