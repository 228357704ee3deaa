package edtech.analytics.cli;

import edtech.analytics.job.JobContext;
import edtech.analytics.load.Release;
import java.time.LocalDate;
import picocli.CommandLine.Command;

@Command(
    name = "release",
    description = "Publishes the load of a day that was held, as it is.",
    mixinStandardHelpOptions = true)
final class ReleaseCommand extends DayCommand {
  @Override
  String run(JobContext job, LocalDate date) {
    return date + " shows load " + new Release(job).run(date).loadId() + ", which was held";
  }
}
