package edtech.analytics.load;

import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.clickhouse.store.Publications;
import edtech.analytics.job.JobContext;
import java.time.LocalDate;
import java.util.Map;

/** Takes a day out of view, as if it had never been published. Its loads stay for a rollback. */
public final class Withdrawal {
  private final Publications publications;

  public Withdrawal(JobContext job) {
    this.publications = job.publications();
  }

  /**
   * Withdraws; returns what was visible.
   *
   * @throws LoadFailedException when nothing of the day is visible
   */
  public Publication run(LocalDate date) {
    Publication visible =
        publications
            .current(date)
            .filter(last -> !last.isWithdrawn())
            .orElseThrow(
                () ->
                    new LoadFailedException(
                        "nothing of "
                            + date
                            + " is published, so there is nothing to withdraw: status shows the"
                            + " days that are"));
    publications.publish(Publication.withdrawal(date, publications.nextSeq()), Map.of());
    return visible;
  }
}
