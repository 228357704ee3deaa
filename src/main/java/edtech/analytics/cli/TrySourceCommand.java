package edtech.analytics.cli;

import edtech.analytics.config.Settings;
import edtech.analytics.job.S3Access;
import edtech.analytics.trial.SourceTrial;
import edtech.analytics.trial.TrialReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "try-source",
    description = "Shows what the settings make of some objects; nothing is written anywhere.",
    footer = {
      "",
      "Exit code 0: at least one line is an event. 1: none is, or an object cannot be read; the last"
          + " line says why."
    },
    mixinStandardHelpOptions = true)
final class TrySourceCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Parameters(
      arity = "1..*",
      paramLabel = "OBJECT",
      description = "files of this machine, or s3://bucket/key")
  private List<String> objects;

  @Override
  public Integer call() throws IOException {
    Settings settings = common.settingsForTrial();
    Configuration hadoop = new Configuration();
    S3Access.apply(settings, hadoop);
    SourceTrial trial = new SourceTrial(settings);
    for (String object : objects) {
      trial.read(hadoop, address(object));
    }
    common.out().print(new TrialReport(trial).text());
    if (trial.events() == 0) {
      common.err().println("error: " + trial.whyNone());
      return ExitCode.SOFTWARE;
    }
    return ExitCode.OK;
  }

  private static String address(String object) {
    return object.matches("[a-z0-9]+:/.*")
        ? object.replaceFirst("^s3:", "s3a:")
        : "file://" + Path.of(object).toAbsolutePath().normalize();
  }
}
