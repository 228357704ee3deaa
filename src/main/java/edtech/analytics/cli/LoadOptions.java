package edtech.analytics.cli;

import edtech.analytics.job.JobContext;
import edtech.analytics.load.LoadMetrics;
import edtech.analytics.load.LoadMode;
import edtech.analytics.load.LoadReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Options of the commands that load. */
final class LoadOptions {
  private static final int HELD = 3;

  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--force", description = "also when nothing has changed or the day is held")
  private boolean isForced;

  @Option(names = "--summary", paramLabel = "FILE", description = "write the outcome as JSON")
  private Path summary;

  LoadMode mode(LoadMode usual) {
    return isForced ? LoadMode.FORCED : usual;
  }

  /**
   * Loads, and writes the metrics, also where it fails before it comes to every day.
   *
   * @param finished told of each day as it ends
   */
  List<LoadReport> watched(
      JobContext job,
      LocalDate from,
      LocalDate to,
      Consumer<LoadReport> finished,
      Function<Consumer<LoadReport>, List<LoadReport>> load) {
    List<LoadReport> reports = new ArrayList<>();
    try {
      return load.apply(finished.andThen(reports::add));
    } finally {
      writeMetrics(job.settings().metricsFile(), from.datesUntil(to.plusDays(1)).toList(), reports);
    }
  }

  /** Of days that are published already: a fault here is no failure of theirs. */
  private void writeMetrics(String file, List<LocalDate> days, List<LoadReport> reports) {
    try {
      new LoadMetrics(file).write(days, reports);
    } catch (IOException e) {
      command
          .commandLine()
          .getErr()
          .println(
              "warning: metrics-file = \""
                  + file
                  + "\" cannot be written ("
                  + e.getClass().getSimpleName()
                  + "): name a file in a folder that is there and yours");
    }
  }

  /** Of these days, those that do not show what their objects hold. */
  static List<LoadReport> missing(List<LoadReport> reports) {
    return reports.stream().filter(report -> !report.isVisible()).toList();
  }

  /** What is told of days that were not loaded: another code where people have to look at them. */
  static int exitCode(List<LoadReport> missing) {
    if (missing.isEmpty()) {
      return ExitCode.OK;
    }
    return missing.stream().allMatch(LoadReport::isHeld) ? HELD : ExitCode.SOFTWARE;
  }

  /**
   * The exit code of a run, of which readers may not see yet what was published; says so.
   *
   * @param unseen what {@link Unseen} has to say
   * @param otherwise the code where there is nothing to say
   */
  int exitCode(Optional<String> unseen, int otherwise) {
    // After all that was said before it.
    command.commandLine().getOut().flush();
    unseen.ifPresent(why -> command.commandLine().getErr().println("error: " + why));
    return unseen.isPresent() ? ExitCode.SOFTWARE : otherwise;
  }

  /**
   * Refuses days that have not begun in {@code day.timezone}: a day that is published by mistake
   * stays in every metric that looks back.
   */
  void requireBegun(String option, LocalDate last, ZoneId zone) {
    LocalDate today = LocalDate.now(zone);
    if (last.isAfter(today) && !isForced) {
      throw new ParameterException(
          command.commandLine(),
          option
              + " "
              + last
              + " lies in the future: in day.timezone="
              + zone
              + " it is "
              + today
              + "; add --force to load it all the same");
    }
  }

  /** Empties the summary's file: one that cannot be written is told before anything is loaded. */
  void prepareSummary() {
    summaryFile().prepare(command, "[]\n");
  }

  /** Writes one JSON object a load, as an array; nothing where no file was named. */
  void writeSummary(List<LoadReport> reports) throws IOException {
    summaryFile()
        .write(
            reports.stream()
                .map(LoadReport::json)
                .collect(Collectors.joining(",\n", "[\n", "\n]\n")));
  }

  private JsonFile summaryFile() {
    return new JsonFile("--summary", summary);
  }
}
