package edtech.analytics.cli;

import edtech.analytics.job.JobContext;
import edtech.analytics.load.LoadMode;
import edtech.analytics.load.LoadReport;
import edtech.analytics.load.RangeLoad;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
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
        new ConsoleProgress(System.out, ConsoleProgress.Detail.WARNINGS, common.isDebug());
    List<LoadReport> reports;
    try (JobContext job = common.open()) {
      options.prepareSummary();
      LoadMode mode = options.mode(LoadMode.UNLESS_UNCHANGED);
      reports =
          options.watched(
              job,
              from,
              to,
              new Outlook(),
              told -> new RangeLoad(job, progress).run(from, to, mode, told));
    }
    options.writeSummary(reports);
    return conclude(reports);
  }

  private Integer conclude(List<LoadReport> reports) {
    System.out.println(
        reports.stream()
            .collect(Collectors.groupingBy(r -> r.load().status(), Collectors.counting())));
    List<LoadReport> notLoaded = reports.stream().filter(r -> !r.isVisible()).toList();
    List<LocalDate> missing = notLoaded.stream().map(r -> r.load().date()).toList();
    if (missing.isEmpty()) {
      return 0;
    }
    System.out.flush();
    System.err.printf(
        "error: %d of %d days were not loaded: %s; mend what their lines above say, and run it"
            + " again%n",
        missing.size(), reports.size(), DayRanges.text(missing));
    return LoadOptions.exitCode(notLoaded);
  }

  /** Prints each day's outcome, and how long the rest will take at the pace so far. */
  private final class Outlook implements Consumer<LoadReport> {
    private final long started = System.nanoTime();
    private final long days = ChronoUnit.DAYS.between(from, to) + 1;
    private long done;
    private long rows;

    @Override
    public void accept(LoadReport report) {
      done++;
      rows += report.load().counts().accepted();
      double seconds = (System.nanoTime() - started) / 1e9;
      System.out.flush();
      (report.isVisible() ? System.out : System.err).println(report.line());
      System.out.printf(
          Locale.ROOT,
          "  %d of %d days, %,d events, %.0f s, about %s left%n",
          done,
          days,
          rows,
          seconds,
          words(Math.round(seconds / done * (days - done))));
      System.out.flush();
    }

    private static String words(long seconds) {
      return seconds < 60
          ? seconds + " s"
          : seconds < 3600
              ? seconds / 60 + " min"
              : String.format(Locale.ROOT, "%.1f h", seconds / 3600.0);
    }
  }
}
