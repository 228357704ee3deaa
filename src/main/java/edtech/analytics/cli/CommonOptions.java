package edtech.analytics.cli;

import edtech.analytics.config.Settings;
import edtech.analytics.config.SettingsReader;
import edtech.analytics.load.JobContext;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of every command. */
final class CommonOptions {
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

  JobContext open() {
    return new JobContext(settings(), System.getenv());
  }

  private Settings settings() {
    return SettingsReader.read(Optional.ofNullable(config), System.getenv(), overrides);
  }
}
