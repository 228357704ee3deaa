package edtech.analytics.cli;

import java.time.LocalDate;
import java.util.List;
import java.util.StringJoiner;

/** Days as people read them: those in a row as "first to last". */
final class DayRanges {
  private DayRanges() {}

  /**
   * @param days in their order, none twice
   */
  static String text(List<LocalDate> days) {
    StringJoiner ranges = new StringJoiner(", ");
    int start = 0;
    for (int i = 1; i <= days.size(); i++) {
      if (i == days.size() || !days.get(i).equals(days.get(i - 1).plusDays(1))) {
        LocalDate first = days.get(start);
        LocalDate last = days.get(i - 1);
        ranges.add(first.equals(last) ? first.toString() : first + " to " + last);
        start = i;
      }
    }
    return ranges.toString();
  }
}
