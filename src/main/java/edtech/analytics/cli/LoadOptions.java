package edtech.analytics.cli;

import edtech.analytics.load.LoadMode;
import edtech.analytics.load.LoadReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Options of the commands that load. */
final class LoadOptions {
  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--force", description = "also when nothing has changed or the day is held")
  private boolean isForced;

  @Option(names = "--summary", paramLabel = "FILE", description = "write the outcome as JSON")
  private Path summary;

  LoadMode mode() {
    return isForced ? LoadMode.FORCED : LoadMode.UNLESS_UNCHANGED;
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
