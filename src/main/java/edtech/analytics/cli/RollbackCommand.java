package edtech.analytics.cli;

import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.job.JobContext;
import edtech.analytics.load.Rollback;
import java.time.LocalDate;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "rollback",
    description = "Shows an earlier load of a day again, and holds the day there.",
    mixinStandardHelpOptions = true)
final class RollbackCommand extends DayCommand {
  @Option(
      names = "--load-id",
      paramLabel = "N",
      converter = CountConverter.class,
      description = "the load to show; default: the one before the visible one")
  private Long loadId;

  @Override
  String run(JobContext job, LocalDate date) {
    OptionalLong wanted = loadId == null ? OptionalLong.empty() : OptionalLong.of(loadId);
    Publication shown = new Rollback(job).run(date, wanted);
    return date
        + " shows load "
        + shown.loadId()
        + " again and is held there: --force loads it anew";
  }
}
