package edtech.analytics.load;

import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.clickhouse.store.Erasures;
import edtech.analytics.clickhouse.store.LineCounts;
import edtech.analytics.clickhouse.store.LoadLog;
import edtech.analytics.clickhouse.store.LoadStatus;
import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.clickhouse.store.Publications;
import edtech.analytics.clickhouse.store.Stage;
import edtech.analytics.config.Settings;
import edtech.analytics.input.DayInput;
import edtech.analytics.input.ErasedUsers;
import edtech.analytics.input.ObjectLister;
import edtech.analytics.input.SourceObject;
import edtech.analytics.input.line.ComparedProperties;
import edtech.analytics.job.JobContext;
import edtech.analytics.model.SqlFile;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import edtech.analytics.transform.ParsedDay;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Loads one day: the steps of the publication protocol (docs/publication.md), in their order.
 * {@link #read} takes it to where its lines are read, {@link #publish} from there to its end; a
 * range reads a day while the one before is published. Until the publication row is in, nothing
 * that it does is visible to readers.
 */
public final class DayLoad {
  /** What a compressed object grows to, about; for the number of partitions only. */
  private static final int GZIP_GROWTH = 8;

  private final JobContext job;
  private final Progress progress;
  private final ObjectLister lister;
  private final LocalDate date;
  private final LoadMode mode;
  private final Publications publications;
  private final Erasures erasures;
  private final LoadJournal journal;

  /** How it ended, once it has. */
  private LoadReport report;

  private ErasedUsers erased;
  private DayInput input;
  private Stage stage;
  private ParsedDay day;
  private StageWriter writer;

  DayLoad(JobContext job, Progress progress, ObjectLister lister, LocalDate date, LoadMode mode) {
    this.job = job;
    this.progress = progress;
    this.lister = lister;
    this.date = date;
    this.mode = mode;
    this.publications = new Publications(job.server());
    this.erasures = new Erasures(job.server());
    this.journal =
        new LoadJournal(
            new LoadLog(job.server()),
            progress,
            date,
            lister.prefix(date),
            JobContext.jobVersion());
  }

  /**
   * Reads the day; how it ended, where it has, and whatever went wrong is told by {@link #publish}.
   *
   * @param frames the parsed lines of the range that the day is part of
   */
  void read(DayInputs inputs, FrameSource frames) {
    orFail(() -> tryRead(inputs, frames));
    if (report != null) {
      close();
    }
  }

  /** Publishes what was read; whatever goes wrong is in the report. */
  LoadReport publish() {
    if (report == null) {
      orFail(() -> report = stageAndPublish());
      close();
    }
    return report;
  }

  private void tryRead(DayInputs inputs, FrameSource frames) throws IOException {
    long loadId = publications.nextSeq();
    journal.started(loadId);
    // Read after the number is taken: who is erased later takes a higher one (Forget).
    erased = erasures.users();

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
      if (current.get().isHeld()) {
        report = journal.ended(LoadStatus.HELD, heldMessage(date, current.get()));
        return;
      }
    }
    if (input.own().isEmpty() && !job.settings().allowEmptyDay()) {
      throw new LoadFailedException(Refusal.empty(lister.prefix(date), LineCounts.NONE));
    }

    stage = new Stage(job.server(), date, loadId);
    journal.begin(Step.STAGE);
    Tables.PUBLISHED.forEach(stage::create);

    journal.begin(Step.READ);
    Dataset<Row> lines = frames.get().of(input, erased);
    SparkSession session = job.newSession();
    ParsedDay.prepare(session, bytes(input));
    day = parse(session, input, lines, job.settings().events());
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

  private LoadReport stageAndPublish() throws IOException {
    long loadId = journal.load().loadId();
    journal.begin(Step.WRITE);
    day.enter();
    Map<String, Long> rows = writer.write();
    if (stage.holdsIdTwice(Tables.EVENTS)) {
      day.resolveAcrossUsers();
      Tables.PUBLISHED.forEach(stage::empty);
      writer.close();
      writer = writer();
      rows = writer.write();
    }

    journal.begin(Step.CHECK);
    DayLedger ledger = new DayLedger(input, day.ledger());
    ledger.requireReadable();
    journal.counted(ledger.total());
    ledger.requireBalance(input);
    new LoadLog(job.server()).writeObjects(journal.load(), objects(input), ledger.byObject());
    Map<Table, Long> expected = ledger.expectedRows();
    for (Map.Entry<Table, Long> one : expected.entrySet()) {
      requireEqual(one.getKey(), rows.get(one.getKey().logical()), one.getValue(), "staged");
    }
    requireIdentities(stage);
    Optional<String> refusal =
        new Refusal(job.settings())
            .of(date, lister.prefix(date), ledger.total())
            .or(() -> LostObjects.refusal(input, ledger.byObject()));
    // Of a refused day the rejected lines alone are kept, to be looked at.
    List<Table> tables = refusal.isPresent() ? List.of(Tables.REJECTED_EVENTS) : Tables.PUBLISHED;
    rows.keySet().retainAll(tables.stream().map(Table::logical).toList());
    journal.staged(rows);

    journal.begin(Step.MOVE);
    for (Table table : tables) {
      journal.part(table.logical());
      stage.move(table);
    }

    journal.begin(Step.COUNT);
    requireMoved(stage, tables, rows);
    if (refusal.isPresent()) {
      throw new LoadFailedException(refusal.get());
    }

    journal.begin(Step.PUBLISH);
    requireUnchanged();
    if (!erasures.users().equals(erased)) {
      throw new LoadFailedException(
          "a user was erased while " + date + " was loaded with their lines: load the day again");
    }
    Optional<Publication> newer =
        publications.current(date).filter(published -> published.seq() > loadId);
    if (newer.isPresent()) {
      return journal.ended(LoadStatus.SUPERSEDED, "");
    }
    if (mode == LoadMode.NIGHTLY) {
      Hold hold =
          new Hold(new LoadLog(job.server()), job.settings().publication().holdBelowRatio());
      Optional<String> held = hold.of(date, lister.prefix(date), ledger.total());
      if (held.isPresent()) {
        return journal.ended(LoadStatus.HELD, held.get());
      }
    }
    journal.part("ops.publications");
    publications.publish(new Publication(date, loadId, loadId, journal.load().source().fingerprint()), rows);
    journal.part("ops.loads");
    return published();
  }

  private StageWriter writer() {
    return new StageWriter(day, Tables.PUBLISHED, stage, job.writing(), journal.load());
  }

  /** The day is visible: what goes wrong from here on is no failure of the load. */
  private LoadReport published() {
    try {
      return journal.ended(LoadStatus.PUBLISHED, "");
    } catch (ClickHouseException e) {
      progress.failed(e);
      progress.warns(
          "the day is published, but the ledger could not be written and shows the load as running: "
              + Failure.message(e));
      return journal.report();
    }
  }

  static ParsedDay parse(
      SparkSession spark, DayInput input, Dataset<Row> lines, Settings.Events events) {
    List<String> files = objects(input).stream().map(SourceObject::uri).toList();
    ComparedProperties compared = new ComparedProperties(events.ignoredProperties());
    return new ParsedDay(spark, input.date(), lines, files, bytes(input), compared);
  }

  /** Text of the day's own objects, about. */
  private static long bytes(DayInput input) {
    return input.own().stream()
        .mapToLong(o -> o.bytes() * (o.uri().endsWith(".gz") ? GZIP_GROWTH : 1))
        .sum();
  }

  private void requireUnchanged() throws IOException {
    DayInput now = new DayInputs(lister, job.settings().events().latenessDays()).of(date);
    if (now.equals(input)) {
      return;
    }
    Map<String, SourceObject> before = new HashMap<>();
    objects(input).forEach(object -> before.put(object.uri(), object));
    List<String> changed = new ArrayList<>();
    for (SourceObject object : objects(now)) {
      if (!object.equals(before.remove(object.uri()))) {
        changed.add(object.uri());
      }
    }
    changed.addAll(before.keySet());
    throw new LoadFailedException(
        "objects changed while "
            + date
            + " was loaded, "
            + changed.size()
            + " of them, such as "
            + changed.get(0)
            + ": load the day again when its objects are final");
  }

  public static void requireIdentities(Stage stage) {
    List<String> broken = stage.brokenIdentities();
    if (!broken.isEmpty()) {
      throw new LoadFailedException(
          "the staged tables do not agree: "
              + String.join("; ", broken)
              + ": nothing was published; load the day again, and report it as a fault of the job"
              + " where that fails, too");
    }
  }

  /** Requires that the store holds of each table what was staged, by its logical name. */
  public static void requireMoved(Stage stage, List<Table> tables, Map<String, Long> rows) {
    Map<Table, Long> stored = stage.stored();
    for (Table table : tables) {
      requireEqual(table, stored.get(table), rows.get(table.logical()), "moved");
    }
  }

  public static void requireEqual(Table table, long found, long expected, String done) {
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
    if (stage != null) {
      dropQuietly(stage, progress);
    }
    journal.close();
  }

  public static void dropQuietly(Stage stage, Progress progress) {
    try {
      stage.drop();
    } catch (RuntimeException e) {
      // The sweep drops what is left over.
      progress.failed(e);
    }
  }

  private static String heldMessage(LocalDate date, Publication held) {
    return date
        + " was rolled back to load "
        + held.loadId()
        + " and is held there: --force loads it again";
  }

  private static List<SourceObject> objects(DayInput input) {
    List<SourceObject> all = new ArrayList<>(input.own());
    all.addAll(input.later());
    return all;
  }
}
