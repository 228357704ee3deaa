package edtech.analytics.clickhouse.store;

import java.util.Map;
import java.util.TreeMap;

/**
 * Where the lines of a load, or of one of its objects, ended.
 *
 * @param linesRead lines of the day's own objects, blank ones included
 * @param late events of the day that were taken from later prefixes
 * @param otherDay events of the day's own objects that belong to earlier days, in order
 * @param rejectedByReason reason code to lines; sums to {@code rejected}
 */
public record LineCounts(
    long linesRead,
    long blankLines,
    long accepted,
    long duplicates,
    long rejected,
    long otherDay,
    long late,
    Map<String, Long> rejectedByReason) {

  public static final LineCounts NONE = new LineCounts(0, 0, 0, 0, 0, 0, 0, Map.of());

  /** Whether every line ended in exactly one place. */
  public boolean isBalanced() {
    return linesRead + late == blankLines + accepted + duplicates + rejected + otherDay;
  }

  /** Lines of the day's own objects that are not blank. */
  public long notBlank() {
    return linesRead - blankLines;
  }

  /** The sum of both. */
  public LineCounts plus(LineCounts more) {
    Map<String, Long> reasons = new TreeMap<>(rejectedByReason);
    more.rejectedByReason.forEach((reason, n) -> reasons.merge(reason, n, Long::sum));
    return new LineCounts(
        linesRead + more.linesRead,
        blankLines + more.blankLines,
        accepted + more.accepted,
        duplicates + more.duplicates,
        rejected + more.rejected,
        otherDay + more.otherDay,
        late + more.late,
        reasons);
  }
}
