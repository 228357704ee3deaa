package edtech.analytics.cli;

import edtech.analytics.job.JobContext;
import edtech.analytics.load.LoadMode;
import edtech.analytics.load.LoadReport;
import edtech.analytics.load.RangeLoad;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "load",
    description = "Loads one day and publishes it; holds it where it has far too few lines.",
    mixinStandardHelpOptions = true)
final class LoadCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private LoadOptions options;
  @Spec private CommandSpec spec;

  @Option(names = "--date", required = true, paramLabel = "YYYY-MM-DD", description = "the day")
  private LocalDate date;

  @Option(
      names = "--since",
      paramLabel = "YYYY-MM-DD",
      description = "the days from this one on, too, where late events have changed them")
  private LocalDate since;

  @Override
  public Integer call() throws Exception {
    LocalDate from = since == null ? date : since;
    if (from.isAfter(date)) {
      throw new ParameterException(
          spec.commandLine(),
          "--since " + since + " lies after --date " + date + ": exchange them");
    }
    ConsoleProgress progress =
        new ConsoleProgress(common.out(), ConsoleProgress.Detail.STEPS, common.isDebug());
    List<LoadReport> reports;
    try (JobContext job = common.open()) {
      options.prepareSummary();
      reports =
          options.watched(
              job,
              from,
              date,
              report -> {},
              told ->
                  new RangeLoad(job, progress)
                      .run(from, date, options.mode(LoadMode.NIGHTLY), told));
    }
    options.writeSummary(reports);
    reports.forEach(report -> common.out().print(report.text()));
    List<LoadReport> missing = reports.stream().filter(report -> !report.isVisible()).toList();
    missing.forEach(
        report ->
            common
                .err()
                .println(
                    "error: "
                        + report.load().date()
                        + (report.isHeld() ? " is held: " : " was not loaded: ")
                        + report.load().error()));
    return LoadOptions.exitCode(missing);
  }
}
