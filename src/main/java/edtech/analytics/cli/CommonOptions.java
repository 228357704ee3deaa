package edtech.analytics.cli;

import edtech.analytics.config.Settings;
import edtech.analytics.config.SettingsReader;
import edtech.analytics.job.JobContext;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Options of every command. */
final class CommonOptions {
  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--config", paramLabel = "FILE", description = "settings, as conf/minimal.conf")
  private Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "one setting; conf/reference.conf has them all")
  private Map<String, String> overrides = new LinkedHashMap<>();

  @Option(names = "--debug", description = "print the stack trace of a failure")
  private boolean isDebug;

  boolean isDebug() {
    return isDebug;
  }

  /** A run that reads events. */
  JobContext open() {
    return open(SettingsReader.read(Optional.ofNullable(config), environment(), overrides));
  }

  /** A run that only talks to ClickHouse. */
  JobContext openServer() {
    return open(
        SettingsReader.readForServer(Optional.ofNullable(config), environment(), overrides));
  }

  /** The settings of a run that is told which objects it reads. */
  Settings settingsForTrial() {
    return SettingsReader.readForTrial(Optional.ofNullable(config), environment(), overrides);
  }

  private JobContext open(Settings settings) {
    return new JobContext(settings, environment());
  }

  private Map<String, String> environment() {
    return ((Main) command.root().userObject()).environment();
  }

  /** Where the outcome goes. */
  PrintWriter out() {
    return command.commandLine().getOut();
  }

  /** Where a failure goes, after all that was said before it. */
  PrintWriter err() {
    out().flush();
    return command.commandLine().getErr();
  }
}
