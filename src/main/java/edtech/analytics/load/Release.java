package edtech.analytics.load;

import edtech.analytics.clickhouse.store.LoadLog;
import edtech.analytics.clickhouse.store.LoadRecord;
import edtech.analytics.clickhouse.store.LoadStatus;
import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.clickhouse.store.Publications;
import edtech.analytics.job.JobContext;
import java.time.LocalDate;

/** Publishes the load of a day that was held before its publication, as it was staged. */
public final class Release {
  private final Publications publications;
  private final LoadLog log;
  private final JobContext job;

  public Release(JobContext job) {
    this.job = job;
    this.publications = job.publications();
    this.log = new LoadLog(job.server());
  }

  /**
   * Releases.
   *
   * @throws LoadFailedException when no load of the day is held, a newer one was published, or not
   *     all of its rows are there
   */
  public LoadRecord run(LocalDate date) {
    LoadRecord held =
        log.held().stream()
            .filter(load -> load.date().equals(date))
            .findFirst()
            .orElseThrow(
                () ->
                    new LoadFailedException(
                        "no load of "
                            + date
                            + " is held, or a newer one is published: status shows what is"));
    requireWhole(held);
    // Under its own number, as the load itself would have done it: a newer load replaces it.
    publications.publish(
        new Publication(date, held.loadId(), held.loadId(), held.source().fingerprint()),
        held.rowsByTable());
    // Forget or a sweep may have dropped it since the first check.
    requireWhole(held);
    log.restate(held.loadId(), LoadStatus.PUBLISHED);
    return held;
  }

  private void requireWhole(LoadRecord held) {
    WholeLoad.require(
        job,
        held.date(),
        held.loadId(),
        held.rowsByTable(),
        "load the day again with --force instead");
  }
}
