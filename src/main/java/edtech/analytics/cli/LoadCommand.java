package edtech.analytics.cli;

import edtech.analytics.job.JobContext;
import edtech.analytics.load.LoadMode;
import edtech.analytics.load.LoadReport;
import edtech.analytics.load.RangeLoad;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
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
    Optional<String> unseen;
    try (JobContext job = common.open()) {
      options.requireBegun("--date", date, job.settings().events().zone());
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
      unseen = Unseen.ofLoads(job, reports);
    }
    options.writeSummary(reports);
    reports.forEach(report -> common.out().print(report.text()));
    int exitCode = exitCode(reports);
    LoadOptions.missing(reports)
        .forEach(
            report ->
                common
                    .err()
                    .println(
                        (exitCode == ExitCode.OK ? "warning: " : "error: ")
                            + report.load().date()
                            + (report.isHeld() ? " is held: " : " was not loaded: ")
                            + report.load().error()));
    return options.exitCode(unseen, exitCode);
  }

  /**
   * The exit code of reports, of which the last one is of the asked day. Earlier days that are held
   * keep nothing from starting that waits for the asked one; one that failed does.
   */
  static int exitCode(List<LoadReport> reports) {
    List<LoadReport> missing = LoadOptions.missing(reports);
    LoadReport asked = reports.get(reports.size() - 1);
    return asked.isVisible() && missing.stream().allMatch(LoadReport::isHeld)
        ? ExitCode.OK
        : LoadOptions.exitCode(missing);
  }
}
