package edtech.analytics.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** A file that a command writes its outcome to, where one is named. */
record JsonFile(String option, Path path) {

  /** Empties it: one that cannot be written is told before anything is done. */
  void prepare(CommandSpec command, String empty) {
    if (path == null) {
      return;
    }
    try {
      Files.createDirectories(path.toAbsolutePath().normalize().getParent());
      Files.writeString(path, empty);
    } catch (IOException e) {
      throw new ParameterException(
          command.commandLine(),
          option
              + " "
              + path
              + " cannot be written ("
              + e.getClass().getSimpleName()
              + "): name a file in a folder of yours");
    }
  }

  void write(String json) throws IOException {
    if (path != null) {
      Files.writeString(path, json);
    }
  }
}
