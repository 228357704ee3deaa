package edtech.analytics.cli;

import edtech.analytics.load.JobContext;
import edtech.analytics.load.LoadReport;
import edtech.analytics.load.RangeLoad;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "load",
    description = "Loads one day and publishes it.",
    mixinStandardHelpOptions = true)
final class LoadCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private LoadOptions options;

  @Option(names = "--date", required = true, paramLabel = "YYYY-MM-DD", description = "the day")
  private LocalDate date;

  @Override
  public Integer call() throws Exception {
    ConsoleProgress progress =
        new ConsoleProgress(System.out, ConsoleProgress.Detail.STEPS, common.isDebug());
    List<LoadReport> reports;
    try (JobContext job = common.open()) {
      options.prepareSummary();
      reports = new RangeLoad(job, progress).run(date, date, options.mode(), report -> {});
    }
    options.writeSummary(reports);
    LoadReport report = reports.get(0);
    System.out.print(report.text());
    if (!report.isVisible()) {
      System.out.flush();
      System.err.println("error: " + date + " was not loaded: " + report.load().error());
      return 1;
    }
    return 0;
  }
}
