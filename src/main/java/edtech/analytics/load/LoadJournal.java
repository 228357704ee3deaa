package edtech.analytics.load;

import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.clickhouse.store.LineCounts;
import edtech.analytics.clickhouse.store.LoadLog;
import edtech.analytics.clickhouse.store.LoadRecord;
import edtech.analytics.clickhouse.store.LoadStatus;
import edtech.analytics.input.DayInput;
import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What is known of the running load. Writes it to the ledger at the start, every minute as a
 * heartbeat, and at the end.
 */
public final class LoadJournal implements AutoCloseable {
  private static final int HEARTBEAT_SECONDS = 60;

  private final LoadLog log;
  private final Progress progress;
  private final Map<Step, Long> nanosByStep = new EnumMap<>(Step.class);
  private final ScheduledExecutorService heartbeat =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "load-heartbeat");
            thread.setDaemon(true);
            return thread;
          });

  private final LocalDate date;
  private final String jobVersion;
  private final Instant startedAt = Instant.now();

  // Written by the load's thread, read by the heartbeat's.
  private volatile long loadId;
  private volatile LoadRecord.Source source;
  private volatile LineCounts counts = LineCounts.NONE;
  private volatile Map<String, Long> rowsByTable = Map.of();
  private volatile LoadStatus status = LoadStatus.RUNNING;
  private volatile String error = "";

  private boolean isOver;
  private Step step;
  private long stepStarted;

  public LoadJournal(
      LoadLog log, Progress progress, LocalDate date, String sourceUri, String jobVersion) {
    this.log = log;
    this.progress = progress;
    this.date = date;
    this.source = LoadRecord.Source.at(sourceUri);
    this.jobVersion = jobVersion;
    begin(Step.START);
  }

  /** The load has its number: from here on the ledger knows it. */
  public void started(long id) {
    loadId = id;
    log.write(load());
    heartbeat.scheduleAtFixedRate(
        this::beat, HEARTBEAT_SECONDS, HEARTBEAT_SECONDS, TimeUnit.SECONDS);
  }

  void listed(DayInput input, String fingerprint) {
    source = new LoadRecord.Source(source.uri(), input.objects(), input.bytes(), fingerprint);
  }

  /** The load is made of what another one has read and counted. */
  public void continues(LoadRecord.Source ofOther, LineCounts lineCounts) {
    source = ofOther;
    counts = lineCounts;
  }

  void counted(LineCounts lineCounts) {
    counts = lineCounts;
  }

  public void staged(Map<String, Long> rows) {
    rowsByTable = new LinkedHashMap<>(rows);
  }

  /** The load is over. Fails when the ledger can't be written. */
  public synchronized LoadReport ended(LoadStatus how, String why) {
    isOver = true;
    heartbeat.shutdownNow();
    endStep();
    status = how;
    error = why;
    LoadReport report = report();
    log.write(report.load(), report.secondsByStep());
    return report;
  }

  /** The load failed; that the ledger may be out of reach, too, doesn't hide why. */
  public LoadReport failed(String why) {
    try {
      if (loadId != 0) {
        return ended(LoadStatus.FAILED, why);
      }
    } catch (ClickHouseException unreachable) {
      // Its heartbeat ends with this process, so the ledger shows the load as abandoned.
    }
    endStep();
    status = LoadStatus.FAILED;
    error = why;
    return report();
  }

  public void begin(Step next) {
    endStep();
    step = next;
    stepStarted = System.nanoTime();
    progress.begins(date, next);
  }

  /** The step is over, and the next one has to wait for another load. */
  void pauses() {
    endStep();
  }

  public void part(String name) {
    progress.begins(date, step, name);
  }

  /** The load as it stands. */
  public LoadRecord load() {
    return new LoadRecord(
        loadId, date, status, source, counts, rowsByTable, startedAt, error, jobVersion);
  }

  @Override
  public void close() {
    heartbeat.shutdownNow();
  }

  private synchronized void beat() {
    if (isOver) {
      return;
    }
    try {
      log.write(load());
    } catch (ClickHouseException missed) {
      // One missed heartbeat does no harm: a load is abandoned after an hour of them.
    }
  }

  private void endStep() {
    if (step != null) {
      nanosByStep.merge(step, System.nanoTime() - stepStarted, Long::sum);
      step = null;
    }
  }

  /** The report of the load as it stands. */
  LoadReport report() {
    Map<String, Double> seconds = new LinkedHashMap<>();
    nanosByStep.forEach((s, nanos) -> seconds.put(s.key(), Math.round(nanos / 1e4) / 1e5));
    return new LoadReport(load(), seconds);
  }
}
