package edtech.analytics.cli;

import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.job.JobContext;
import edtech.analytics.load.Rollback;
import java.time.LocalDate;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "rollback",
    description = "Shows an earlier load of a day again, and holds the day there.",
    mixinStandardHelpOptions = true)
final class RollbackCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Option(names = "--date", required = true, paramLabel = "YYYY-MM-DD", description = "the day")
  private LocalDate date;

  @Option(
      names = "--load-id",
      paramLabel = "N",
      converter = CountConverter.class,
      description = "the load to show; default: the one before the visible one")
  private Long loadId;

  @Override
  public Integer call() {
    try (JobContext job = common.openServer()) {
      job.schema().requireCurrent();
      OptionalLong wanted = loadId == null ? OptionalLong.empty() : OptionalLong.of(loadId);
      Publication shown = new Rollback(job).run(date, wanted);
      common
          .out()
          .printf(
              Locale.ROOT,
              "%s shows load %d again and is held there: --force loads it anew%n",
              date,
              shown.loadId());
    }
    return 0;
  }
}
