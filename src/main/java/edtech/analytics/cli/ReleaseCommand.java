package edtech.analytics.cli;

import edtech.analytics.clickhouse.store.LoadRecord;
import edtech.analytics.job.JobContext;
import edtech.analytics.load.Release;
import java.time.LocalDate;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "release",
    description = "Publishes the load of a day that was held, as it is.",
    mixinStandardHelpOptions = true)
final class ReleaseCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Option(names = "--date", required = true, paramLabel = "YYYY-MM-DD", description = "the day")
  private LocalDate date;

  @Override
  public Integer call() {
    try (JobContext job = common.openServer()) {
      job.schema().requireCurrent();
      LoadRecord released = new Release(job).run(date);
      common
          .out()
          .printf(Locale.ROOT, "%s shows load %d, which was held%n", date, released.loadId());
    }
    return 0;
  }
}
