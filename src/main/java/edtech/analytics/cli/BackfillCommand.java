package edtech.analytics.cli;

import edtech.analytics.job.JobContext;
import edtech.analytics.load.LoadMode;
import edtech.analytics.load.LoadReport;
import edtech.analytics.load.RangeLoad;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "backfill",
    description = "Loads a range of days, each published as it completes.",
    mixinStandardHelpOptions = true)
final class BackfillCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private LoadOptions options;
  @Spec private CommandSpec spec;

  @Option(names = "--from", required = true, paramLabel = "YYYY-MM-DD", description = "first day")
  private LocalDate from;

  @Option(names = "--to", required = true, paramLabel = "YYYY-MM-DD", description = "last day")
  private LocalDate to;

  @Override
  public Integer call() throws Exception {
    if (from.isAfter(to)) {
      throw new ParameterException(
          spec.commandLine(), "--from " + from + " lies after --to " + to + ": exchange them");
    }
    ConsoleProgress progress =
        new ConsoleProgress(common.out(), ConsoleProgress.Detail.WARNINGS, common.isDebug());
    List<LoadReport> reports;
    Optional<String> unseen;
    try (JobContext job = common.open()) {
      options.requireBegun("--to", to, job.settings().events().zone());
      options.prepareSummary();
      LoadMode mode = options.mode(LoadMode.UNLESS_UNCHANGED);
      Outlook outlook = new Outlook(ChronoUnit.DAYS.between(from, to) + 1, System::nanoTime);
      reports =
          options.watched(
              job,
              from,
              to,
              report -> tell(report, outlook),
              told -> new RangeLoad(job, progress).run(from, to, mode, told));
      unseen = Unseen.ofLoads(job, reports);
    }
    options.writeSummary(reports);
    return options.exitCode(unseen, conclude(reports));
  }

  private void tell(LoadReport report, Outlook outlook) {
    (report.isVisible() ? common.out() : common.err()).println(report.line());
    common.out().println(outlook.finished(report.load().counts().accepted()));
  }

  private int conclude(List<LoadReport> reports) {
    common
        .out()
        .println(
            reports.stream()
                .collect(Collectors.groupingBy(r -> r.load().status(), Collectors.counting())));
    List<LoadReport> notLoaded = LoadOptions.missing(reports);
    List<LocalDate> missing = notLoaded.stream().map(r -> r.load().date()).toList();
    if (missing.isEmpty()) {
      return 0;
    }
    common
        .err()
        .printf(
            Locale.ROOT,
            "error: %d of %d days were not loaded: %s; fix the errors above, then rerun%n",
            missing.size(),
            reports.size(),
            DayRanges.text(missing));
    return LoadOptions.exitCode(notLoaded);
  }
}
