package edtech.analytics.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A JVM of its own with the class path of the tests, as spark-submit starts one for the job. */
public final class ForkedJvm {
  private static final int MINUTES = 3;

  /** What {@code kill -9} leaves as the exit code. */
  public static final int KILLED = 137;

  /** How it ended, and all it said. */
  public record Result(int code, String out, String err, double seconds) {
    /** The last line of stderr: what the reader of a failure has to know. */
    public String lastError() {
      List<String> lines = err.lines().filter(line -> !line.isBlank()).toList();
      return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    }

    /** For the description of an assertion. */
    public String text() {
      return "exit code " + code + " after " + seconds + " s\n" + out + "\n" + err;
    }

    /** Requires that it failed with this last line, and showed no stack trace. */
    public void requireFailure(int expected, String lastLine) {
      assertThat(code).as(text()).isEqualTo(expected);
      assertThat(lastError()).as(text()).isEqualTo(lastLine);
      assertThat(text()).doesNotContain("\tat ").doesNotContain("Caused by");
    }
  }

  /**
   * Runs a main class to its end.
   *
   * @param environment what differs from this process's; a null value removes a variable
   * @param options of the JVM, such as -Dspark.master=local[2]
   */
  public static Result run(
      Class<?> main, Map<String, String> environment, List<String> options, List<String> arguments)
      throws InterruptedException {
    List<String> all = new ArrayList<>(options);
    all.add(ClassArchive.use());
    return run(ClassArchive.classPath(), main, environment, all, arguments);
  }

  public static Result run(
      String classPath,
      Class<?> main,
      Map<String, String> environment,
      List<String> options,
      List<String> arguments)
      throws InterruptedException {
    return new ForkedJvm(command(classPath, main, options, arguments), environment).end();
  }

  /** Starts a main class that takes what it is to do from its standard input. */
  static ForkedJvm start(Class<?> main, List<String> options) {
    List<String> all = new ArrayList<>(options);
    all.add(ClassArchive.use());
    return new ForkedJvm(command(ClassArchive.classPath(), main, all, List.of()), Map.of());
  }

  private static List<String> command(
      String classPath, Class<?> main, List<String> options, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(a -> a.startsWith("--add-opens") || a.startsWith("-Djdk.reflect"))
        .forEach(command::add);
    command.addAll(List.of("-Xmx1g", "-XX:TieredStopAtLevel=1"));
    command.add("-Dlog4j2.configurationFile=conf/log4j2.properties");
    command.addAll(List.of("-Dspark.ui.enabled=false", "-Dspark.ui.showConsoleProgress=false"));
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, main.getName()));
    command.addAll(arguments);
    return command;
  }

  private final long started = System.nanoTime();
  private final Path out;
  private final Path err;
  private final Process process;

  private ForkedJvm(List<String> command, Map<String, String> environment) {
    try {
      out = Files.createTempFile("forked-", ".out");
      err = Files.createTempFile("forked-", ".err");
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.environment().putAll(TestEnvironment.ALL);
      environment.forEach(
          (name, value) -> {
            if (value == null) {
              builder.environment().remove(name);
            } else {
              builder.environment().put(name, value);
            }
          });
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes to its standard input, which ends there. */
  void tell(String text) {
    try (OutputStream in = process.getOutputStream()) {
      in.write(text.getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it, whatever it does; what it said is lost. */
  void kill() {
    process.destroyForcibly();
    try {
      Files.delete(out);
      Files.delete(err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for its end. */
  Result end() throws InterruptedException {
    try {
      process.getOutputStream().close();
      boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
      process.destroyForcibly().waitFor();
      double seconds = (System.nanoTime() - started) / 1e9;
      Result result =
          new Result(process.exitValue(), Files.readString(out), Files.readString(err), seconds);
      Files.delete(out);
      Files.delete(err);
      if (!ended) {
        throw new AssertionError("did not end within " + MINUTES + " minutes: " + result.text());
      }
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
