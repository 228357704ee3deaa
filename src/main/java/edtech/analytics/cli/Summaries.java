package edtech.analytics.cli;

import edtech.analytics.load.LoadReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Writes the outcome of loads where a program can read it. */
final class Summaries {
  private Summaries() {}

  /** Writes one JSON object a load, as an array; nothing where no file was named. */
  static void write(Path file, List<LoadReport> reports) throws IOException {
    if (file == null) {
      return;
    }
    if (file.toAbsolutePath().getParent() != null) {
      Files.createDirectories(file.toAbsolutePath().getParent());
    }
    Files.writeString(
        file,
        reports.stream().map(LoadReport::json).collect(Collectors.joining(",\n", "[\n", "\n]\n")));
  }
}
