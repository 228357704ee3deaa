package edtech.analytics.load;

import edtech.analytics.input.ObjectLister;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Loads the days of a range, one after the other, each published as it completes. A day that fails
 * does not keep the others from being loaded.
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
    job.schema().requireCurrent();
    ObjectLister lister = job.lister();
    DayInputs inputs = new DayInputs(lister, job.settings().events().latenessDays());
    DayLoad day = new DayLoad(job, progress, lister, inputs);
    List<LoadReport> reports = new ArrayList<>();
    try (LazyFrames frames = new LazyFrames(from, to)) {
      for (LocalDate date = from; !date.isAfter(to); date = date.plusDays(1)) {
        LoadReport report = day.run(date, mode, frames);
        frames.release(date);
        reports.add(report);
        finished.accept(report);
      }
    }
    if (reports.stream().anyMatch(r -> r.load().status().equals("published"))) {
      progress.begins(to, Step.SWEEP);
      day.sweep();
    }
    return reports;
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
    public DayFrames get() {
      if (frames == null) {
        frames = new DayFrames(job.spark(), job.settings().events(), from, to);
      }
      return frames;
    }

    private void release(LocalDate date) {
      if (frames != null) {
        frames.release(date);
      }
    }

    @Override
    public void close() {
      if (frames != null) {
        frames.close();
      }
    }
  }
}
