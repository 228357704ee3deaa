package edtech.analytics.testing;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.Connection;
import edtech.analytics.clickhouse.store.Schema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A ClickHouse that belongs to one test class, which may kill it. Objects still come from the S3 of
 * {@link LocalServices}.
 */
public final class OwnClickHouse implements AutoCloseable {
  private final Path state;
  private final Map<String, String> environment;
  private final ClickHouse admin;
  private final Path password;
  private ProcessHandle process;

  /** Starts it, with the schema in it. */
  public OwnClickHouse() {
    try {
      state = Files.createTempDirectory("own-clickhouse").resolve("state");
      start();
      environment = TestEnvironment.pairs(state.resolve("env"));
      password = Files.createFile(state.resolve("loader-password"));
      Files.writeString(password, environment.get("CLICKHOUSE_LOADER_PASSWORD"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    admin = connect("CLICKHOUSE_USER", "CLICKHOUSE_PASSWORD");
    new Schema(admin).apply("test");
  }

  /** The settings of a load into it, as {@link LocalServices#job} takes them. */
  public String[] settings(String... more) {
    List<String> mine =
        List.of(
            "clickhouse.url", url(), "clickhouse.password", "file:" + password.toAbsolutePath());
    return Stream.concat(mine.stream(), Arrays.stream(more)).toArray(String[]::new);
  }

  public String url() {
    return environment.get("CLICKHOUSE_URL");
  }

  public ClickHouse admin() {
    return admin;
  }

  public ClickHouse connect(String userVariable, String passwordVariable) {
    return new ClickHouse(
        new Connection(
            url(), environment.get(userVariable), environment.get(passwordVariable), 10, 120, 3));
  }

  /** SIGKILL; it is gone when this returns. */
  public synchronized void kill() {
    process.destroyForcibly();
    long started = System.nanoTime();
    while (!isGone()) {
      if (System.nanoTime() - started > TimeUnit.MINUTES.toNanos(1)) {
        throw new IllegalStateException("ClickHouse does not die: pid " + process.pid());
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Asked of the kernel: Java learns of the end of somebody else's child seconds later. */
  private boolean isGone() {
    Path directory = Path.of("/proc", String.valueOf(process.pid()));
    try (Stream<Path> threads = Files.list(directory.resolve("task"))) {
      String stat = Files.readString(directory.resolve("stat"));
      // A zombie's other threads hold its files until they are gone.
      return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z' && threads.count() <= 1;
    } catch (IOException | UncheckedIOException gone) {
      return true;
    }
  }

  /** Starts it where it does not run; it answers when this returns. */
  public synchronized void start() {
    services("up");
    Map<String, String> pid = TestEnvironment.pairs(state.resolve("clickhouse.pid"));
    process = ProcessHandle.of(Long.parseLong(pid.get("pid"))).orElseThrow();
  }

  @Override
  public void close() {
    admin.close();
    services("clean");
  }

  private void services(String command) {
    try {
      Path said = Files.createTempFile("own-clickhouse", ".out");
      Process services =
          new ProcessBuilder(
                  ".venv/bin/python",
                  "-m",
                  "dev.stack.services",
                  command,
                  "--state",
                  state.toString())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      boolean ended = services.waitFor(2, TimeUnit.MINUTES);
      if (!ended || services.exitValue() != 0) {
        throw new IllegalStateException(
            "dev.stack.services " + command + ": " + Files.readString(said));
      }
      Files.delete(said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
