package edtech.analytics.load;

import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.clickhouse.store.Publications;
import edtech.analytics.job.JobContext;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Publishes an earlier load of a day again, or the last one of a day that was withdrawn. */
public final class Rollback {
  private final JobContext job;

  public Rollback(JobContext job) {
    this.job = job;
  }

  /**
   * Rolls back.
   *
   * @param loadId empty = the newest load that is older than the visible one, so that a second
   *     rollback goes further back; of a withdrawn day, the load that was visible last
   * @throws LoadFailedException when there is no such load, or not all of its tables and rows are
   *     there
   */
  public Publication run(LocalDate date, OptionalLong loadId) {
    Publications publications = job.publications();
    List<Publication> all = publications.all(date);
    if (all.isEmpty()) {
      throw new LoadFailedException(date + " was never published: there is nothing to go back to");
    }
    Publication visible = all.get(0);
    Publication earlier =
        all.stream()
            .filter(load -> !load.isWithdrawn())
            .filter(load -> isWanted(load, visible, loadId))
            .findFirst()
            .orElseThrow(() -> new LoadFailedException(noSuchLoad(date, loadId, all)));
    Map<String, Long> rows = publications.rows(date, earlier.loadId());
    requireWhole(date, earlier.loadId(), rows);
    Publication again =
        new Publication(date, publications.nextSeq(), earlier.loadId(), earlier.fingerprint());
    publications.publish(again, rows);
    try {
      requireWhole(date, earlier.loadId(), rows);
    } catch (LoadFailedException dropped) {
      // By forget or a sweep, since the first check.
      publications.publish(
          new Publication(date, publications.nextSeq(), visible.loadId(), visible.fingerprint()),
          publications.rows(date, visible.loadId()));
      throw dropped;
    }
    return again;
  }

  private static boolean isWanted(Publication load, Publication visible, OptionalLong loadId) {
    return loadId.isPresent()
        ? load.loadId() == loadId.getAsLong()
        : visible.isWithdrawn() || load.loadId() < visible.loadId();
  }

  private void requireWhole(LocalDate date, long loadId, Map<String, Long> rows) {
    for (Table table : Tables.PUBLISHED) {
      if (!rows.containsKey(table.logical()) && !Tables.LATER.contains(table)) {
        throw new LoadFailedException(
            "load "
                + loadId
                + " of "
                + date
                + " was made by a release that did not write "
                + table
                + ": load the day again with --force instead");
      }
    }
    WholeLoad.require(
        job,
        date,
        loadId,
        rows,
        "it was swept, or held a user who was forgotten; raise keep-loads to keep more loads of a day");
  }

  private static String noSuchLoad(LocalDate date, OptionalLong loadId, List<Publication> all) {
    return (loadId.isPresent()
            ? "load " + loadId.getAsLong() + " was never published for " + date
            : date + " has no older load than the visible one")
        + "; its loads: "
        + all.stream()
            .filter(load -> !load.isWithdrawn())
            .map(Publication::loadId)
            .distinct()
            .toList();
  }
}
