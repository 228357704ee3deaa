package edtech.analytics.cli;

import edtech.analytics.config.SettingsException;
import edtech.analytics.job.JobContext;
import edtech.analytics.load.Failure;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The job's commands. Exit codes: 0 done, 1 failed or not published, 2 unusable arguments or
 * settings, 3 a day is held until somebody has looked at it. The last line of a failure is what its
 * reader has to know.
 */
@Command(
    name = "edtech-analytics",
    description = "Loads days of events from S3 into ClickHouse, whole or not at all.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      LoadCommand.class,
      BackfillCommand.class,
      InitCommand.class,
      StatusCommand.class,
      RollbackCommand.class,
      WithdrawCommand.class,
      SweepCommand.class,
      ReleaseCommand.class,
      ForgetCommand.class,
      TrySourceCommand.class
    })
public final class Main {
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"edtech-analytics " + JobContext.jobVersion()};
    }
  }

  private final Map<String, String> environment;

  private Main(Map<String, String> environment) {
    this.environment = environment;
  }

  /** The variables that settings and secrets are looked for in. */
  Map<String, String> environment() {
    return environment;
  }

  public static void main(String[] arguments) {
    PrintWriter out = writer(System.out);
    PrintWriter err = writer(System.err);
    int code;
    try {
      code = run(arguments, System.getenv(), out, err);
    } catch (OutOfMemoryError e) {
      err.println("error: out of memory: give the driver more (spark.driver.memory)");
      code = CommandLine.ExitCode.SOFTWARE;
    }
    out.flush();
    err.flush();
    System.exit(code);
  }

  private static PrintWriter writer(OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  /**
   * Runs a command to its end; returns its exit code.
   *
   * @param environment the variables that settings and secrets are looked for in
   */
  public static int run(
      String[] arguments, Map<String, String> environment, PrintWriter out, PrintWriter err) {
    List<String> undecoded =
        Undecoded.problems(arguments, environment, System.getProperty("sun.jnu.encoding", ""));
    if (!undecoded.isEmpty()) {
      undecoded.forEach(problem -> err.println("error: " + problem));
      return CommandLine.ExitCode.USAGE;
    }
    CommandLine line = new CommandLine(new Main(environment)).setOut(out).setErr(err);
    line.registerConverter(LocalDate.class, new DayConverter());
    line.setExecutionExceptionHandler(
        (thrown, command, parsed) -> {
          if (Arrays.asList(arguments).contains("--debug")) {
            thrown.printStackTrace(command.getErr());
          }
          if (thrown instanceof SettingsException settings) {
            settings
                .problems()
                .forEach(
                    problem -> command.getErr().println("error: " + Failure.printable(problem)));
            return CommandLine.ExitCode.USAGE;
          }
          command.getErr().println("error: " + Failure.message(thrown));
          return CommandLine.ExitCode.SOFTWARE;
        });
    line.setParameterExceptionHandler(
        (thrown, unusable) -> {
          CommandLine command = thrown.getCommandLine();
          command
              .getErr()
              .println(
                  "error: "
                      + Failure.printable(
                          thrown.getMessage().strip().replaceAll("\\s*\\R\\s*", " "))
                      + " ("
                      + command.getCommandSpec().qualifiedName()
                      + " --help lists the options)");
          return CommandLine.ExitCode.USAGE;
        });
    return line.execute(arguments);
  }
}
