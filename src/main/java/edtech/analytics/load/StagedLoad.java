package edtech.analytics.load;

import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.clickhouse.store.LoadRecord;
import edtech.analytics.clickhouse.store.LoadStatus;
import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.clickhouse.store.Publications;
import edtech.analytics.clickhouse.store.Stage;
import edtech.analytics.job.JobContext;
import edtech.analytics.measure.MeasureNames;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The way of a load from its stage tables into view: the steps of the publication protocol
 * (docs/publication.md) that loading a day and forgetting a user have in common. Whoever uses it
 * fills the stage in between.
 */
public final class StagedLoad implements AutoCloseable {
  private final LoadJournal journal;
  private final Progress progress;
  private final Publications publications;
  private final Stage stage;

  /**
   * @param journal of a load that has its number
   */
  public StagedLoad(JobContext job, Progress progress, LoadJournal journal) {
    LoadRecord load = journal.load();
    this.journal = journal;
    this.progress = progress;
    this.publications = job.publications();
    this.stage = new Stage(job.server(), load.date(), load.loadId());
  }

  public Stage stage() {
    return stage;
  }

  /** Makes the stage tables, which are empty. */
  public void create() {
    journal.begin(Step.STAGE);
    Tables.PUBLISHED.forEach(stage::create);
  }

  /**
   * Requires the identities that hold between the tables.
   *
   * @param names of the dimensions and metrics that the load knows
   * @param tables those that the load has
   * @throws LoadFailedException that names those that do not hold
   */
  public void requireIdentities(MeasureNames names, List<Table> tables) {
    List<String> broken = stage.brokenIdentities(names, tables);
    if (!broken.isEmpty()) {
      throw new LoadFailedException(
          "the staged tables do not agree: "
              + String.join("; ", broken)
              + ": nothing was published; load the day again, and report it as a fault of the job"
              + " where that fails, too");
    }
  }

  /**
   * Moves tables into the store, where nobody sees them yet, and counts them there.
   *
   * @param rows staged, by logical name
   * @throws LoadFailedException when the store holds another number of rows of a table
   */
  public void move(List<Table> tables, Map<String, Long> rows) {
    Map<String, Long> moved = new LinkedHashMap<>(rows);
    moved.keySet().retainAll(tables.stream().map(Table::logical).toList());
    journal.staged(moved);
    journal.begin(Step.MOVE);
    for (Table table : tables) {
      journal.part(table.logical());
      stage.move(table);
    }
    journal.begin(Step.COUNT);
    Map<Table, Long> stored = stage.stored();
    for (Table table : tables) {
      requireRows(table, stored.get(table), rows.get(table.logical()), "moved");
    }
  }

  /**
   * Shows the load to readers, in all tables at once.
   *
   * @throws ClickHouseException when it is not shown, or it cannot be told whether it is
   */
  public LoadReport publish(Publication publication) {
    journal.part("ops.publications");
    publications.publish(publication, journal.load().rowsByTable());
    journal.part("ops.loads");
    try {
      return journal.ended(LoadStatus.PUBLISHED, "");
    } catch (ClickHouseException e) {
      // The day is visible: whatever goes wrong from here on is no failure of the load.
      progress.failed(e);
      progress.warns(
          "the day is published, but the ledger could not be written and shows the load as running: "
              + Failure.message(e));
      return journal.report();
    }
  }

  /** Drops the stage tables. Where that fails, the sweep does it later. */
  @Override
  public void close() {
    try {
      stage.drop();
    } catch (RuntimeException e) {
      progress.failed(e);
    }
  }

  /**
   * Requires a number of rows.
   *
   * @param done what was done with them, in the past tense
   * @throws LoadFailedException when there are more or fewer
   */
  public static void requireRows(Table table, long found, long expected, String done) {
    if (found != expected) {
      throw new LoadFailedException(
          table
              + ": "
              + found
              + " rows "
              + done
              + ", "
              + expected
              + " expected: nothing was published; load the day again");
    }
  }
}
