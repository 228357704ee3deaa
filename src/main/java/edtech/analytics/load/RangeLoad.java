package edtech.analytics.load;

import edtech.analytics.clickhouse.store.LoadStatus;
import edtech.analytics.clickhouse.store.Sweep;
import edtech.analytics.input.DayLister;
import edtech.analytics.job.JobContext;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Loads the days of a range, one after the other, each published as it completes, while the next
 * one is read. A day that fails does not keep the others from being loaded.
 */
public final class RangeLoad {
  private final JobContext job;
  private final Progress progress;

  public RangeLoad(JobContext job, Progress progress) {
    this.job = job;
    this.progress = progress;
  }

  /**
   * Loads; returns a report a day.
   *
   * @param finished told of each day as it ends
   * @throws edtech.analytics.config.SettingsException when there is no {@code clickhouse.catalog}
   * @throws edtech.analytics.clickhouse.ClickHouseException when the server cannot be reached, or
   *     its schema is not this job's
   */
  public List<LoadReport> run(
      LocalDate from, LocalDate to, LoadMode mode, Consumer<LoadReport> finished) {
    job.writing().requireCatalog();
    if (mode == LoadMode.FORCED) {
      // Whatever is published, the day is read: Spark starts beside the first requests.
      job.startSpark();
    }
    job.schema().requireCurrent();
    DayLister lister = job.lister(progress::warns);
    DayInputs inputs = new DayInputs(lister, job.settings().source().layout());
    List<LoadReport> reports = new ArrayList<>();
    ExecutorService ahead = Executors.newSingleThreadExecutor(RangeLoad::readAhead);
    try (LazyFrames frames = new LazyFrames(from, to)) {
      Function<LocalDate, DayLoad> read =
          date -> {
            DayLoad day = new DayLoad(job, progress, lister, date, mode);
            day.read(inputs, frames);
            return day;
          };
      DayLoad day = read.apply(from);
      for (LocalDate date = from; !date.isAfter(to); date = date.plusDays(1)) {
        LocalDate next = date.plusDays(1);
        // One day ahead: the disk holds the lines of two days at most.
        Future<DayLoad> following = next.isAfter(to) ? null : ahead.submit(() -> read.apply(next));
        LoadReport report = day.publish();
        frames.release(date);
        reports.add(report);
        finished.accept(report);
        day = following == null ? null : following.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LoadFailedException("interrupted: run it again for the days that are missing");
    } finally {
      ahead.shutdownNow();
    }
    if (reports.stream().anyMatch(r -> r.load().status() == LoadStatus.PUBLISHED)) {
      progress.begins(to, Step.SWEEP);
      sweep();
    }
    return reports;
  }

  /** Drops what earlier loads left; a fault here leaves it for the next sweep. */
  private void sweep() {
    try {
      Sweep.Result swept = job.sweep().run();
      if (!swept.away().isEmpty()) {
        progress.warns(swept.kept());
      }
    } catch (RuntimeException e) {
      progress.failed(e);
      progress.warns(
          "the sweep failed and will be tried after the next load: " + Failure.message(e));
    }
  }

  private static Thread readAhead(Runnable task) {
    Thread thread = new Thread(task, "read-ahead");
    thread.setDaemon(true);
    return thread;
  }

  private final class LazyFrames implements FrameSource, AutoCloseable {
    private final LocalDate from;
    private final LocalDate to;
    private DayFrames frames;

    private LazyFrames(LocalDate from, LocalDate to) {
      this.from = from;
      this.to = to;
    }

    @Override
    public synchronized DayFrames get() {
      if (frames == null) {
        frames = new DayFrames(job.spark(), job.settings(), from, to);
      }
      return frames;
    }

    private synchronized void release(LocalDate date) {
      if (frames != null) {
        frames.release(date);
      }
    }

    @Override
    public synchronized void close() {
      if (frames != null) {
        frames.close();
      }
    }
  }
}
