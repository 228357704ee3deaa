package edtech.analytics.cli;

import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.clickhouse.store.LoadRecord;
import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.job.JobContext;
import edtech.analytics.load.LoadReport;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What was published and is not seen yet: on replicas, a publication takes a second to be shown.
 */
final class Unseen {
  private Unseen() {}

  /**
   * Waits until readers of the server that the job talks to see what was published last of days.
   *
   * @return what to tell the person when they still do not after a minute, or it cannot be told
   */
  static Optional<String> of(JobContext job, Set<LocalDate> dates) {
    try {
      if (dates.isEmpty() || !job.replicas().isOn()) {
        return Optional.empty();
      }
      List<Publication> last =
          job.publications().last().stream().filter(day -> dates.contains(day.date())).toList();
      List<LocalDate> missing =
          job.replicas().awaitShown(last).stream().map(Publication::date).toList();
      return missing.isEmpty()
          ? Optional.empty()
          : Optional.of(
              "published, but after a minute readers of "
                  + job.url()
                  + " still see what was there before: "
                  + DayRanges.text(missing)
                  + "; a replica shows a day when it holds all of it: look for the errors of"
                  + " ops.shown_feed in system.view_refreshes");
    } catch (ClickHouseException e) {
      return Optional.of(
          "published, but it cannot be told whether readers see it: " + e.getMessage());
    }
  }

  /** The same of the days that were published, now or before. */
  static Optional<String> ofLoads(JobContext job, List<LoadReport> reports) {
    return of(
        job,
        reports.stream()
            .map(LoadReport::load)
            .filter(load -> load.status().isVisible())
            .map(LoadRecord::date)
            .collect(Collectors.toSet()));
  }
}
