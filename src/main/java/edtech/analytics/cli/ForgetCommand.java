package edtech.analytics.cli;

import edtech.analytics.forget.ErasureReceipt;
import edtech.analytics.forget.Forget;
import edtech.analytics.job.JobContext;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "forget",
    description = "Removes a user from all loads, and leaves them out of later ones.",
    footer = {
      "",
      "Exit code 0: no load holds the user any more. 1: something is left, and a rerun continues;"
          + " or no load ever held such a user, and the last line says so."
    },
    mixinStandardHelpOptions = true)
final class ForgetCommand implements Callable<Integer> {
  private static final int MAX_ID_CHARACTERS = 256;

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @Option(
      names = "--user",
      required = true,
      paramLabel = "ID",
      description = "the user_id, as it is in the events")
  private String user;

  @Option(names = "--receipt", paramLabel = "FILE", description = "write what was removed as JSON")
  private Path receipt;

  @Override
  public Integer call() throws Exception {
    int length = user.codePointCount(0, user.length());
    if (user.isBlank() || length > MAX_ID_CHARACTERS) {
      throw new ParameterException(
          spec.commandLine(),
          "--user has "
              + length
              + " characters, and is blank or too long: a user_id has 1 to "
              + MAX_ID_CHARACTERS);
    }
    JsonFile file = new JsonFile("--receipt", receipt);
    ConsoleProgress progress =
        new ConsoleProgress(common.out(), ConsoleProgress.Detail.STEPS, common.isDebug());
    ErasureReceipt removed;
    try (JobContext job = common.openServer()) {
      file.prepare(spec, "{}\n");
      removed = new Forget(job, progress).run(user);
    }
    file.write(removed.json());
    common.out().print(removed.text());
    if (!removed.isFinished()) {
      removed.problems().forEach(problem -> common.err().println("  " + problem));
      common
          .err()
          .println(
              "error: the user is not forgotten yet: fix what the lines above say, then rerun");
      return ExitCode.SOFTWARE;
    }
    if (!removed.isFound()) {
      common
          .err()
          .println(
              "error: no load holds a user with this id, so nothing was removed: check the id, as it"
                  + " is written in the events; loads leave it out from now on");
      return ExitCode.SOFTWARE;
    }
    return ExitCode.OK;
  }
}
