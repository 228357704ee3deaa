package edtech.analytics.load;

import edtech.analytics.clickhouse.store.LineCounts;
import edtech.analytics.input.DayInput;
import edtech.analytics.input.SourceObject;
import edtech.analytics.input.line.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Objects that are no event lines at all: gzip in gzip, UTF-16, a log. In a large day their lines
 * are too few to have it refused, and all of their events would be missing.
 */
final class LostObjects {
  /** Fewer lines than this can each be wrong by chance. */
  private static final long LEAST_LINES = 10;

  /** Fewer lines are judged by their bytes: as many as of this many lines of the other objects. */
  private static final long LEAST_LINES_BY_SIZE = 100;

  /** Of one line that holds many events, or of a few that are no text. */
  private static final Set<String> NOT_READ =
      Set.of(Reason.MALFORMED_JSON.code(), Reason.INVALID_ENCODING.code());

  /** Reasons of lines that were understood. */
  private static final Set<Reason> UNDERSTOOD =
      Set.of(Reason.OUTSIDE_DAY, Reason.CONFLICTING_DUPLICATE, Reason.ERASED_USER);

  private LostObjects() {}

  /**
   * Why the day is refused; empty when no line, or at least one, of each object was understood.
   *
   * @param byObject counts by the number of the object
   */
  static Optional<String> refusal(DayInput input, Map<Integer, LineCounts> byObject) {
    List<Integer> lost = new ArrayList<>();
    double bytesOfALine = bytesOfALine(input, byObject);
    for (int number = 0; number < input.own().size(); number++) {
      double lines = input.own().get(number).bytes() / bytesOfALine;
      if (isLost(byObject.getOrDefault(number, LineCounts.NONE), lines)) {
        lost.add(number);
      }
    }
    return lost.isEmpty()
        ? Optional.empty()
        : Optional.of(
            message(input.own().get(lost.get(0)), byObject.get(lost.get(0)), lost.size() - 1));
  }

  /** As stored, of the objects with an accepted event; infinite when there are none. */
  private static double bytesOfALine(DayInput input, Map<Integer, LineCounts> byObject) {
    long bytes = 0;
    long lines = 0;
    for (int number = 0; number < input.own().size(); number++) {
      LineCounts counts = byObject.getOrDefault(number, LineCounts.NONE);
      if (counts.accepted() > 0) {
        bytes += input.own().get(number).bytes();
        lines += counts.judged();
      }
    }
    return lines == 0 ? Double.POSITIVE_INFINITY : (double) bytes / lines;
  }

  /**
   * @param lines how many lines of other objects have as many bytes
   */
  private static boolean isLost(LineCounts counts, double lines) {
    long understood =
        UNDERSTOOD.stream()
            .mapToLong(reason -> counts.rejectedByReason().getOrDefault(reason.code(), 0L))
            .sum();
    boolean isLarge =
        counts.judged() >= LEAST_LINES
            || counts.judged() > 0
                && lines >= LEAST_LINES_BY_SIZE
                && NOT_READ.containsAll(counts.rejectedByReason().keySet());
    return isLarge && understood == 0 && counts.rejected() == counts.judged();
  }

  private static String message(SourceObject object, LineCounts counts, int others) {
    return String.format(
        Locale.ROOT,
        "none of the %,d lines of %s is an event (%s)%s: upload it again as one JSON object a line,"
            + " in UTF-8, or hide it with a leading _; ops.rejected_events has its lines",
        counts.judged(),
        object.uri(),
        counts.rejectedByReason(),
        others == 0 ? "" : String.format(Locale.ROOT, ", and of %,d other objects", others));
  }
}
