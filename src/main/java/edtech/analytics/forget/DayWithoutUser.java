package edtech.analytics.forget;

import edtech.analytics.clickhouse.sink.OnePass;
import edtech.analytics.clickhouse.store.Erasures;
import edtech.analytics.clickhouse.store.LineCounts;
import edtech.analytics.clickhouse.store.LoadLog;
import edtech.analytics.clickhouse.store.LoadRecord;
import edtech.analytics.clickhouse.store.LoadStatus;
import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.clickhouse.store.Publications;
import edtech.analytics.clickhouse.store.Stage;
import edtech.analytics.clickhouse.store.UserRows;
import edtech.analytics.clickhouse.store.UserRows.StoredLoad;
import edtech.analytics.job.JobContext;
import edtech.analytics.job.Writing;
import edtech.analytics.load.Failure;
import edtech.analytics.load.LoadFailedException;
import edtech.analytics.load.LoadJournal;
import edtech.analytics.load.Progress;
import edtech.analytics.load.StagedLoad;
import edtech.analytics.load.Step;
import edtech.analytics.measure.MeasureNames;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import edtech.analytics.transform.StoredDay;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Publishes a day again without one user. Follows the steps of a load, but takes the stored rows of
 * the visible load, as S3 may no longer have the day. Tables of users' rows are copied inside
 * ClickHouse; the others are computed from those by the queries of a load.
 */
final class DayWithoutUser {
  private final JobContext job;
  private final Progress progress;
  private final Publications publications;
  private final Erasures erasures;
  private final Erasures.Erasure erasure;
  private final UserRows userRows;

  DayWithoutUser(JobContext job, Progress progress, Erasures.Erasure erasure, UserRows userRows) {
    this.job = job;
    this.progress = progress;
    this.erasure = erasure;
    this.userRows = userRows;
    this.publications = job.publications();
    this.erasures = new Erasures(job.server());
  }

  /**
   * Publishes the day without the user.
   *
   * @param visible what is in view, which holds the user
   * @param removed the user's rows in it by table
   * @throws LoadFailedException when the day was not published
   */
  void publish(Publication visible, Map<String, Long> removed) {
    Publication base = visible;
    Publication expected = visible;
    Map<String, Long> without = removed;
    while (true) {
      Publication published = publish(base, expected, without);
      // Another load may have been published between the last check and this publication. It is
      // newer than what this day was made of, so the day is made again of that load.
      Optional<Publication> overtaken = overtaken(base, published);
      if (overtaken.isEmpty()) {
        return;
      }
      if (overtaken.get().isWithdrawn()) {
        publications.publish(Publication.withdrawal(base.date(), publications.nextSeq()), Map.of());
        return;
      }
      base = overtaken.get();
      expected = published;
      without =
          userRows.stored().getOrDefault(new StoredLoad(base.date(), base.loadId()), Map.of());
    }
  }

  private Optional<Publication> overtaken(Publication base, Publication published) {
    return publications.all(base.date()).stream()
        .filter(other -> other.seq() > base.seq() && other.seq() < published.seq())
        .filter(other -> other.loadId() != published.loadId())
        .findFirst();
  }

  private Publication publish(Publication base, Publication expected, Map<String, Long> removed) {
    LoadLog log = new LoadLog(job.server());
    LoadRecord record = log.find(base.loadId()).orElseGet(() -> unknown(base));
    try (LoadJournal journal =
        new LoadJournal(
            log, progress, base.date(), record.source().uri(), JobContext.jobVersion())) {
      long loadId = publications.nextSeq();
      // Before the ledger knows the load: if this run is killed, the next one must not wait for it
      // as for a running load.
      erasures.record(
          erasure,
          new Erasures.ErasedLoad(base.date(), base.loadId(), loadId, new TreeMap<>(removed)));
      journal.started(loadId);
      try (StagedLoad staged = new StagedLoad(job, progress, journal)) {
        return publish(base, expected, removed, record, staged, journal);
      } catch (RuntimeException e) {
        progress.failed(e);
        journal.failed(Failure.message(e));
        throw e;
      }
    }
  }

  private Publication publish(
      Publication base,
      Publication expected,
      Map<String, Long> removed,
      LoadRecord record,
      StagedLoad staged,
      LoadJournal journal) {
    LocalDate date = base.date();
    long loadId = journal.load().loadId();
    journal.continues(source(record, base), counts(record, base, removed));

    staged.create();

    journal.begin(Step.WRITE);
    MeasureNames names = userRows.measures(date, base.loadId());
    Map<String, Long> rows = copy(base, removed, staged.stage(), journal);
    rows.putAll(compute(date, names, loadId, rows));

    List<Table> tables = tablesOf(base);
    journal.begin(Step.CHECK);
    staged.requireIdentities(names, tables);
    staged.move(tables, rows);

    journal.begin(Step.PUBLISH);
    if (!publications.current(date).equals(Optional.of(expected))) {
      throw new LoadFailedException(
          "another load of " + date + " was published meanwhile: run forget again");
    }
    // A day that was rolled back stays pinned.
    long seq = expected.isPinned() ? publications.nextSeq() : loadId;
    Publication published = new Publication(date, seq, loadId, base.fingerprint());
    staged.publish(published);
    return published;
  }

  /** What a release did not write, the day goes on without: empty, it would say that it knows. */
  private List<Table> tablesOf(Publication base) {
    Map<String, Long> inBase = publications.rows(base.date(), base.loadId());
    return Tables.PUBLISHED.stream()
        .filter(table -> inBase.containsKey(table.logical()) || !Tables.LATER.contains(table))
        .toList();
  }

  private Map<String, Long> copy(
      Publication base, Map<String, Long> removed, Stage stage, LoadJournal journal) {
    long loadId = journal.load().loadId();
    Stage before = new Stage(job.server(), base.date(), base.loadId());
    Map<String, Long> inBase = publications.rows(base.date(), base.loadId());
    Map<String, Long> rows = new LinkedHashMap<>();
    before.catchUp();
    Map<Table, Long> stored = before.stored();
    for (Table table : copied()) {
      journal.part(table.logical());
      long all = stored.get(table);
      if (all != inBase.getOrDefault(table.logical(), 0L)) {
        throw new LoadFailedException(
            "load "
                + base.loadId()
                + " of "
                + base.date()
                + " is not whole ("
                + table
                + " has "
                + all
                + " of "
                + inBase.get(table.logical())
                + " rows): load the day again with --force, then run forget again");
      }
      userRows.copyWithout(table, base.date(), base.loadId(), loadId);
      long left = all - removed.getOrDefault(table.logical(), 0L);
      StagedLoad.requireRows(table, stage.staged(table), left, "copied");
      rows.put(table.logical(), left);
    }
    return rows;
  }

  /** Computes the tables that were not copied; returns their rows. */
  private Map<String, Long> compute(
      LocalDate date, MeasureNames names, long loadId, Map<String, Long> copied) {
    SparkSession spark = job.newSession();
    Map<Table, Dataset<Row>> stored = new LinkedHashMap<>();
    List<Table> missing = new ArrayList<>();
    for (Table table : Tables.PUBLISHED) {
      if (copied.containsKey(table.logical())) {
        stored.put(table, spark.table(Writing.CATALOG + "." + table.stage(loadId)));
      } else {
        missing.add(table);
      }
    }
    try (StoredDay day = new StoredDay(spark, date, names, stored);
        OnePass pass = new OnePass(spark, Writing.CATALOG, loadId)) {
      missing.forEach(t -> pass.append(day.rows(t), "stage", t.stageName(loadId)));
      Map<String, Long> staged = pass.run();
      Map<String, Long> rows = new LinkedHashMap<>();
      missing.forEach(table -> rows.put(table.logical(), staged.get(table.stage(loadId))));
      return rows;
    }
  }

  private List<Table> copied() {
    return Tables.PUBLISHED.stream()
        .filter(table -> table.equals(Tables.REJECTED_EVENTS) || userRows.isByUser(table))
        .toList();
  }

  /** The ledger of the day as if the user's lines had never been there; duplicates aside. */
  private LineCounts counts(LoadRecord record, Publication base, Map<String, Long> removed) {
    LineCounts all = record.counts();
    Map<String, Long> reasons = new TreeMap<>(all.rejectedByReason());
    userRows
        .rejectedByReason(base.date(), base.loadId())
        .forEach((reason, n) -> reasons.merge(reason, -n, Long::sum));
    reasons.values().removeIf(n -> n == 0);
    long accepted = removed.getOrDefault(Tables.EVENTS.logical(), 0L);
    long rejected = removed.getOrDefault(Tables.REJECTED_EVENTS.logical(), 0L);
    // Which of the events were late is not stored.
    long own = Math.min(accepted, all.linesRead() - rejected);
    return new LineCounts(
        all.linesRead() - rejected - own,
        all.blankLines(),
        all.ignored(),
        all.accepted() - accepted,
        all.duplicates(),
        all.rejected() - rejected,
        all.otherDay(),
        all.late() - (accepted - own),
        reasons);
  }

  private static LoadRecord.Source source(LoadRecord record, Publication base) {
    LoadRecord.Source of = record.source();
    return new LoadRecord.Source(of.uri(), of.objects(), of.bytes(), base.fingerprint());
  }

  private static LoadRecord unknown(Publication base) {
    return new LoadRecord(
        base.loadId(),
        base.date(),
        LoadStatus.PUBLISHED,
        LoadRecord.Source.at(""),
        LineCounts.NONE,
        Map.of(),
        Instant.now(),
        "",
        "");
  }
}
