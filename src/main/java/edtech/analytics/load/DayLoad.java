package edtech.analytics.load;

import edtech.analytics.clickhouse.store.Erasures;
import edtech.analytics.clickhouse.store.LineCounts;
import edtech.analytics.clickhouse.store.LoadLog;
import edtech.analytics.clickhouse.store.LoadStatus;
import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.clickhouse.store.Publications;
import edtech.analytics.clickhouse.store.RejectedLines;
import edtech.analytics.input.DayInput;
import edtech.analytics.input.DayLister;
import edtech.analytics.input.ErasedUsers;
import edtech.analytics.job.JobContext;
import edtech.analytics.model.SqlFile;
import edtech.analytics.model.Tables;
import edtech.analytics.source.Mapping;
import edtech.analytics.transform.ParsedDay;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Loads one day: the steps of the publication protocol (docs/publication.md), in their order.
 * {@link #read} goes as far as reading its lines, {@link #publish} does the rest; a range reads a
 * day while the one before is published. Readers see nothing of it until the publication row is in.
 */
final class DayLoad {
  private final JobContext job;
  private final Progress progress;
  private final DayLister lister;
  private final LocalDate date;
  private final LoadMode mode;
  private final Publications publications;
  private final Erasures erasures;
  private final LoadJournal journal;

  /** The outcome; null while the load runs. */
  private LoadReport report;

  private ErasedUsers erased;
  private DayInput input;
  private StagedLoad staged;
  private ParsedDay day;
  private StageWriter writer;

  DayLoad(JobContext job, Progress progress, DayLister lister, LocalDate date, LoadMode mode) {
    this.job = job;
    this.progress = progress;
    this.lister = lister;
    this.date = date;
    this.mode = mode;
    this.publications = job.publications();
    this.erasures = new Erasures(job.server());
    this.journal =
        new LoadJournal(
            new LoadLog(job.server()), progress, date, lister.place(date), JobContext.jobVersion());
  }

  /**
   * Reads the day. How the load ended, where it has, and whatever went wrong, is told by {@link
   * #publish}.
   *
   * @param frames the parsed lines of the range that the day is part of
   */
  void read(DayInputs inputs, FrameSource frames) {
    orFail(
        () -> {
          start();
          list(inputs);
          if (report == null) {
            staged = new StagedLoad(job, progress, journal);
            staged.create();
            parse(frames);
          }
        });
    if (report != null) {
      close();
    }
  }

  /** Publishes what was read; whatever goes wrong is in the report. */
  LoadReport publish() {
    if (report == null) {
      orFail(
          () -> {
            Map<String, Long> rows = write();
            DayLedger ledger = check(rows);
            Optional<String> zone = move(rows, ledger);
            show(ledger.total(), zone);
          });
      close();
    }
    return report;
  }

  private void start() {
    journal.started(publications.nextSeq());
    // Read after the number is taken: who is erased later takes a higher one (Forget).
    erased = erasures.users();
  }

  /** Lists the objects; ends the load where nothing has changed, or the day is pinned. */
  private void list(DayInputs inputs) throws IOException {
    journal.begin(Step.LIST);
    Optional<Publication> current = publications.current(date);
    if (current.isEmpty()) {
      // There will be something to do: Spark starts while the objects are listed.
      job.startSpark();
    }
    input = inputs.of(date);
    String fingerprint = input.fingerprint(job.settings().meaning(), SqlFile.queries());
    journal.listed(input, fingerprint);
    if (mode != LoadMode.FORCED && current.isPresent()) {
      if (current.get().fingerprint().equals(fingerprint)) {
        report = journal.ended(LoadStatus.SKIPPED, "");
        return;
      }
      if (current.get().isPinned()) {
        report = journal.ended(LoadStatus.HELD, pinnedMessage(current.get()));
        return;
      }
    }
    if (input.own().isEmpty() && !job.settings().allowEmptyDay()) {
      String nearest = lister.nearest(date);
      throw new LoadFailedException(
          Refusal.empty(lister.place(date), LineCounts.NONE)
              + (nearest.isEmpty() ? "" : "; " + nearest));
    }
  }

  private void parse(FrameSource frames) {
    journal.begin(Step.READ);
    Dataset<Row> lines = frames.get().of(input, erased);
    SparkSession session = job.newSession();
    ParsedDay.prepare(session, DayFrames.textBytes(input));
    day = DayFrames.parse(session, input, lines, job.settings());
    day.enter();
    CompletableFuture<Void> reading = day.startReading();
    try {
      writer = writer();
      reading.join();
    } finally {
      // Where planning failed, nothing of the day may go on behind the back of the next one.
      reading.handle((done, failed) -> null).join();
    }
    journal.pauses();
  }

  /** Writes the stage tables; returns their rows by logical name. */
  private Map<String, Long> write() {
    journal.begin(Step.WRITE);
    day.enter();
    Map<String, Long> rows = writer.write();
    if (staged.stage().holdsIdTwice(Tables.EVENTS)) {
      day.resolveAcrossUsers();
      Tables.PUBLISHED.forEach(staged.stage()::empty);
      writer.close();
      writer = writer();
      rows = writer.write();
    }
    return rows;
  }

  /** Requires that every line ended in one place, and that the tables have the rows of it. */
  private DayLedger check(Map<String, Long> rows) {
    journal.begin(Step.CHECK);
    DayLedger ledger = new DayLedger(input, day.ledger());
    ledger.requireReadable();
    journal.counted(ledger.total());
    ledger.requireBalance(input);
    new LoadLog(job.server()).writeObjects(journal.load(), input.all(), ledger.byObject());
    ledger
        .expectedRows()
        .forEach(
            (table, expected) ->
                StagedLoad.requireRows(table, rows.get(table.logical()), expected, "staged"));
    ledger.requireLessons(staged.stage());
    staged.requireIdentities(job.settings().measures().names(), Tables.PUBLISHED);
    return ledger;
  }

  /**
   * Moves the tables into the store; of a refused day the rejected lines alone, to be looked at.
   *
   * @return what was noticed of the folder's zone
   */
  private Optional<String> move(Map<String, Long> rows, DayLedger ledger) {
    String prefix = lister.place(date);
    LineCounts counts = ledger.total();
    Mapping mapping = job.settings().source().mapping();
    RejectedLines rejected = new RejectedLines(job.server(), journal.load().loadId());
    Optional<String> zone =
        new UtcFolders(rejected, staged.stage(), job.settings()).of(date, prefix, counts);
    Optional<String> refusal =
        new Refusal(job.settings())
            .of(date, prefix, counts, () -> MappingHint.faults(rejected, mapping, counts))
            .or(() -> LostObjects.refusal(input, ledger.byObject()));
    staged.move(refusal.isPresent() ? List.of(Tables.REJECTED_EVENTS) : Tables.PUBLISHED, rows);
    if (refusal.isPresent()) {
      throw new LoadFailedException(refusal.get() + zone.map(noticed -> "; " + noticed).orElse(""));
    }
    return zone;
  }

  /** Publishes, unless something has changed since the load began, or the day is to be held. */
  private void show(LineCounts counts, Optional<String> zone) throws IOException {
    journal.begin(Step.PUBLISH);
    DayInputs.requireUnchanged(input, lister, job.settings().source().layout());
    if (!erasures.users().equals(erased)) {
      throw new LoadFailedException(
          "a user was erased while " + date + " was loaded with their lines: load the day again");
    }
    long loadId = journal.load().loadId();
    Optional<Publication> newer =
        publications.current(date).filter(newest -> newest.seq() > loadId);
    if (newer.isPresent()) {
      // Superseded tells schedulers that a newer load is visible; of a withdrawn day none is.
      report =
          newer.get().isWithdrawn()
              ? journal.ended(LoadStatus.HELD, pinnedMessage(newer.get()))
              : journal.ended(LoadStatus.SUPERSEDED, "");
      return;
    }
    Optional<String> held = held(counts, zone);
    report =
        held.isPresent()
            ? journal.ended(LoadStatus.HELD, held.get())
            : staged.publish(
                new Publication(date, loadId, loadId, journal.load().source().fingerprint()));
  }

  /** Why somebody should look at the day before it is published; empty when nobody need. */
  private Optional<String> held(LineCounts counts, Optional<String> zone) {
    LoadLog log = new LoadLog(job.server());
    if (zone.isPresent()) {
      if (mode != LoadMode.FORCED
          && !log.isPublishedWithEventsOutside(
              date, UtcFolders.LEAST_LINES, UtcFolders.LEAST_SHARE)) {
        return zone.map(
            noticed ->
                noticed
                    + "; staged, not published: where the folders are right, publish it as it is"
                    + " with release --date "
                    + date);
      }
      progress.warns(date + ": " + zone.get());
    }
    return mode == LoadMode.NIGHTLY
        ? new Hold(log, job.settings().publication().holdBelowRatio())
            .of(date, lister.place(date), counts)
        : Optional.empty();
  }

  private StageWriter writer() {
    return new StageWriter(
        day,
        Tables.PUBLISHED,
        job.settings().measures().names(),
        staged.stage(),
        job.writing(),
        journal.load());
  }

  private String pinnedMessage(Publication pinned) {
    return pinned.isWithdrawn()
        ? date
            + " was withdrawn and is held so: --force loads it again, rollback shows its last load"
        : date
            + " was rolled back to load "
            + pinned.loadId()
            + " and is held there: --force loads it again";
  }

  private interface Part {
    void run() throws Exception;
  }

  private void orFail(Part part) {
    try {
      part.run();
    } catch (Exception e) {
      progress.failed(e);
      report = journal.failed(Failure.message(e));
    }
  }

  /** Frees what is kept of the day, and drops its stage. */
  private void close() {
    if (writer != null) {
      writer.close();
    }
    if (day != null) {
      day.close();
    }
    if (staged != null) {
      staged.close();
    }
    journal.close();
  }
}
