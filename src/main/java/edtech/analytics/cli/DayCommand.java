package edtech.analytics.cli;

import edtech.analytics.job.JobContext;
import java.time.LocalDate;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that changes which load of a day is in view. */
abstract class DayCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Option(names = "--date", required = true, paramLabel = "YYYY-MM-DD", description = "the day")
  private LocalDate date;

  /** Changes it; returns what to say of it, one line. */
  abstract String run(JobContext job, LocalDate date);

  @Override
  public final Integer call() {
    try (JobContext job = common.openServer()) {
      job.schema().requireCurrent();
      common.out().println(run(job, date));
      Optional<String> unseen = Unseen.of(job, Set.of(date));
      if (unseen.isPresent()) {
        common.err().println("error: " + unseen.get());
        return ExitCode.SOFTWARE;
      }
    }
    return ExitCode.OK;
  }
}
