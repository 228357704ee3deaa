package edtech.analytics.load;

import edtech.analytics.clickhouse.store.LineCounts;
import edtech.analytics.clickhouse.store.LoadLog;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * Decides whether a day has so few lines that somebody should look before it is published. It is
 * compared with the median of the last five same weekdays, of which four at least are published,
 * and with the load in view: a day that was published as it is, by release or otherwise, is not
 * held again for as many lines.
 */
final class Hold {
  private static final int WEEKS = 5;
  private static final int LEAST_PUBLISHED = 4;

  private final LoadLog log;
  private final OptionalDouble belowRatio;

  /**
   * @param belowRatio empty = no day is held
   */
  Hold(LoadLog log, OptionalDouble belowRatio) {
    this.log = log;
    this.belowRatio = belowRatio;
  }

  /**
   * Why the day is held; empty when it is not.
   *
   * @param prefix where the day's own objects lie, for the message
   */
  Optional<String> of(LocalDate date, String prefix, LineCounts counts) {
    if (belowRatio.isEmpty()) {
      return Optional.empty();
    }
    List<LocalDate> weekdays =
        Stream.iterate(date.minusWeeks(1), day -> day.minusWeeks(1)).limit(WEEKS).toList();
    List<Long> before = log.publishedLines(weekdays).stream().sorted().toList();
    if (before.size() < LEAST_PUBLISHED) {
      return Optional.empty();
    }
    double median = median(before);
    long lines = counts.judged();
    double inView =
        log.publishedLines(List.of(date)).stream()
            .findFirst()
            .map(Long::doubleValue)
            .orElse(median);
    if (lines >= belowRatio.getAsDouble() * Math.min(median, inView)) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "%s has %,d lines, below hold-below-ratio=%s of %,.1f, the median of %d of the last %d"
                + " same weekdays: staged, not published; look below %s, load it again when it is"
                + " whole, or publish it as it is with release --date %s",
            date,
            lines,
            belowRatio.getAsDouble(),
            median,
            before.size(),
            WEEKS,
            prefix,
            date));
  }

  private static double median(List<Long> sorted) {
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2.0;
  }
}
