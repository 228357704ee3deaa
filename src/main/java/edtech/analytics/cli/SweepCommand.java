package edtech.analytics.cli;

import edtech.analytics.clickhouse.store.Sweep;
import edtech.analytics.job.JobContext;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "sweep",
    description = "Drops what dead, failed and replaced loads left, after the grace period.",
    mixinStandardHelpOptions = true)
final class SweepCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Override
  public Integer call() {
    try (JobContext job = common.openServer()) {
      job.schema().requireCurrent();
      Sweep.Result swept = job.sweep().run();
      common
          .out()
          .printf(
              Locale.ROOT,
              "dropped %d stage tables and %d partitions%n",
              swept.stageTables(),
              swept.partitions());
      if (!swept.away().isEmpty()) {
        common.err().println("warning: " + swept.kept());
      }
    }
    return 0;
  }
}
