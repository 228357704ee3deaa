package edtech.analytics.load;

import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.clickhouse.store.LineCounts;
import edtech.analytics.clickhouse.store.LoadLog;
import edtech.analytics.clickhouse.store.LoadRecord;
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
 * What is known of the running load: written to the ledger at its start, every minute as a sign of
 * life, and at its end.
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

  private volatile LoadRecord load;
  private boolean isOver;
  private Step step;
  private long stepStarted;

  public LoadJournal(
      LoadLog log, Progress progress, LocalDate date, String sourceUri, String jobVersion) {
    this.log = log;
    this.progress = progress;
    this.load =
        new LoadRecord(
            0,
            date,
            "running",
            sourceUri,
            0,
            0,
            "",
            LineCounts.NONE,
            Map.of(),
            Instant.now(),
            "",
            jobVersion);
    begin(Step.START);
  }

  /** The load has its number: from here on the ledger knows it. */
  public void started(long loadId) {
    load = load.withLoadId(loadId);
    log.write(load);
    heartbeat.scheduleAtFixedRate(
        this::beat, HEARTBEAT_SECONDS, HEARTBEAT_SECONDS, TimeUnit.SECONDS);
  }

  void listed(DayInput input, String fingerprint) {
    load = load.withSource(input.objects(), input.bytes(), fingerprint);
  }

  /** What the load is made of was listed, and counted, by another one. */
  public void continues(int objects, long bytes, String fingerprint, LineCounts counts) {
    load = load.withSource(objects, bytes, fingerprint).withCounts(counts);
  }

  void counted(LineCounts counts) {
    load = load.withCounts(counts);
  }

  public void staged(Map<String, Long> rowsByTable) {
    load = load.withRows(new LinkedHashMap<>(rowsByTable));
  }

  /** The load is over. Fails when the ledger can't be written. */
  public synchronized LoadReport ended(String status, String error) {
    isOver = true;
    heartbeat.shutdownNow();
    endStep();
    load = load.withStatus(status, error);
    LoadReport report = report();
    log.write(load, report.secondsByStep());
    return report;
  }

  /** The load failed; that the ledger may be out of reach, too, doesn't hide why. */
  public LoadReport failed(String error) {
    try {
      if (load.loadId() != 0) {
        return ended("failed", error);
      }
    } catch (ClickHouseException unreachable) {
      // Its heartbeat ends with this process, so the ledger shows the load as abandoned.
    }
    endStep();
    load = load.withStatus("failed", error);
    return report();
  }

  public void begin(Step next) {
    endStep();
    step = next;
    stepStarted = System.nanoTime();
    progress.begins(load.date(), next);
  }

  /** The step is over, and the next one has to wait for another load. */
  void pauses() {
    endStep();
  }

  public void part(String name) {
    progress.begins(load.date(), step, name);
  }

  public LoadRecord load() {
    return load;
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
      log.write(load);
    } catch (ClickHouseException missed) {
      // One missed sign of life is nothing: a load is abandoned after an hour of them.
    }
  }

  private void endStep() {
    if (step != null) {
      nanosByStep.merge(step, System.nanoTime() - stepStarted, Long::sum);
      step = null;
    }
  }

  /** The load as it stands. */
  LoadReport report() {
    Map<String, Double> seconds = new LinkedHashMap<>();
    nanosByStep.forEach((s, nanos) -> seconds.put(s.key(), Math.round(nanos / 1e4) / 1e5));
    return new LoadReport(load, seconds);
  }
}
