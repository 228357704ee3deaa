package edtech.analytics.cli;

import edtech.analytics.clickhouse.store.LoadStatus;
import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.job.JobContext;
import edtech.analytics.load.LoadReport;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What was published and is not seen yet: on replicas, a publication takes a second to be shown.
 */
final class Unseen {
  private Unseen() {}

  /**
   * Waits until readers of the server that the job talks to see publications.
   *
   * @return what to tell the person when they still do not after a minute
   */
  static Optional<String> of(JobContext job, Collection<Publication> publications) {
    List<LocalDate> missing =
        job.replicas().awaitShown(publications).stream().map(Publication::date).toList();
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "published, but after a minute readers of "
                + job.url()
                + " do not see it: "
                + DayRanges.text(missing)
                + "; a replica shows a day when it holds all of it: look for the errors of"
                + " ops.shown_feed in system.view_refreshes");
  }

  /** The same of the days that loads published. */
  static Optional<String> ofLoads(JobContext job, List<LoadReport> reports) {
    return of(
        job,
        reports.stream()
            .map(LoadReport::load)
            .filter(load -> load.status() == LoadStatus.PUBLISHED)
            .map(load -> new Publication(load.date(), load.loadId(), load.loadId(), ""))
            .toList());
  }
}
