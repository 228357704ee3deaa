package edtech.analytics.load;

import edtech.analytics.clickhouse.store.LineCounts;
import edtech.analytics.clickhouse.store.RejectedLines;
import edtech.analytics.clickhouse.store.Stage;
import edtech.analytics.config.Settings;
import edtech.analytics.input.line.Reason;
import edtech.analytics.source.Mapping;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;

/**
 * Notices folders of UTC days where {@code day.timezone} is another zone, and {@code
 * source.layout.zone} does not say so. Such a folder loses the hours between both midnights: they
 * are rejected as {@code outside_day}, and no other folder has them. It shows in two figures: lines
 * that are rejected are of the folder's day in UTC, and the hours at the other end of the day have
 * no events. Late events show in neither.
 */
final class UtcFolders {
  /** Wrong clocks lose a few lines of a correct folder: a share of this is noticed. */
  static final double LEAST_SHARE = 0.01;

  /** So many are noticed whatever their share, when the other end of the day is empty. */
  static final long LEAST_LINES = 10;

  private final RejectedLines rejected;
  private final Stage stage;
  private final ZoneId zone;
  private final ZoneId folders;
  private final Mapping mapping;

  UtcFolders(RejectedLines rejected, Stage stage, Settings settings) {
    this.rejected = rejected;
    this.stage = stage;
    this.zone = settings.events().zone();
    this.folders = settings.source().layout().zone();
    this.mapping = settings.source().mapping();
  }

  /**
   * What was noticed, and what to do; empty when nothing was.
   *
   * @param prefix where the day's own objects lie, for the message
   */
  Optional<String> of(LocalDate date, String prefix, LineCounts counts) {
    long outside = counts.rejectedByReason().getOrDefault(Reason.OUTSIDE_DAY.code(), 0L);
    boolean isUtc = zone.getRules().getOffset(date.atTime(12, 0)).equals(ZoneOffset.UTC);
    if (isUtc || !folders.equals(zone) || !isNoticed(outside, 0, counts.judged())) {
      return Optional.empty();
    }
    long lost = rejected.outsideDayInUtc(mapping);
    long found = stage.eventsOfOtherDaysInUtc();
    if (!isNoticed(lost, found, counts.judged())) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "the folders seem to be of UTC days, but day.timezone=%s: %,d of %,d lines below %s are"
                + " rejected as outside_day and are of %s in UTC, while %,d accepted events are of"
                + " another day in UTC: set source.layout.zone=UTC, which takes those lines from the"
                + " folders of the days beside it, or write the folders by days of %s, and load the day"
                + " again",
            zone,
            lost,
            counts.judged(),
            prefix,
            date,
            found,
            zone));
  }

  /**
   * Whether the folder seems to be of a UTC day.
   *
   * @param lost lines that are rejected as {@code outside_day} and are of the folder's day in UTC
   * @param found accepted events of another day in UTC
   * @param lines lines of the day that are judged
   */
  static boolean isNoticed(long lost, long found, long lines) {
    return found == 0 && lost >= LEAST_LINES || lost > LEAST_SHARE * lines && found < lost;
  }
}
