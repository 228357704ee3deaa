package edtech.analytics.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.network.util.JavaUtils;

/**
 * A standalone Spark that belongs to one test class: a master and two workers, each a process. The
 * workers have loopback addresses of their own, or Spark would take them for one host, on which a
 * task gets no speculative twin. Executors are processes that the test may kill.
 */
public final class SparkCluster implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("spark://127\\.0\\.0\\.1:\\d+");
  private static final List<String> WORKERS = List.of("127.0.0.2", "127.0.0.3");
  private static final String ESTABLISHED = "01";

  private final Path directory;
  private final List<Process> processes = new ArrayList<>();
  private final String address;

  /** Starts it; workers may still be on their way when this returns. */
  public SparkCluster() {
    try {
      directory = Files.createTempDirectory("spark-cluster");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start("127.0.0.1", "org.apache.spark.deploy.master.Master", "--port", "0");
    address = awaitAddress();
    for (String worker : WORKERS) {
      start(
          worker,
          "org.apache.spark.deploy.worker.Worker",
          "--cores",
          "1",
          "--memory",
          "1g",
          "--work-dir",
          directory.resolve(worker).toString(),
          address);
    }
  }

  /** Options of a driver's JVM that loads on this cluster, on both executors from the beginning. */
  public List<String> options(String... more) {
    Stream<String> mine =
        Stream.of(
            "spark.master=" + address,
            "spark.driver.host=127.0.0.1",
            "spark.cores.max=" + WORKERS.size(),
            "spark.executor.cores=1",
            "spark.executor.memory=512m",
            "spark.executor.extraClassPath=" + System.getProperty("java.class.path"),
            "spark.executor.extraJavaOptions=-XX:TieredStopAtLevel=1",
            "spark.scheduler.minRegisteredResourcesRatio=1.0",
            "spark.scheduler.maxRegisteredResourcesWaitingTime=120s",
            // Of an executor that is gone for good, in vain.
            "spark.shuffle.io.maxRetries=0");
    return Stream.concat(mine, Stream.of(more)).map(option -> "-D" + option).toList();
  }

  /** Kills, with SIGKILL, the executor that holds the other end of a connection. */
  public void killExecutorAt(int port) {
    executors()
        .filter(executor -> holds(executor, port))
        .findFirst()
        .orElseThrow()
        .destroyForcibly();
  }

  /** Kills one of the executors with SIGKILL. */
  public void killAnExecutor() {
    executors().findFirst().orElseThrow().destroyForcibly();
  }

  /** What master and workers said. */
  public String said() {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".log") || file.endsWith("stderr"))
          .map(file -> file + ":\n" + read(file))
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    List<ProcessHandle> executors = executors().toList();
    processes.forEach(Process::destroyForcibly);
    executors.forEach(ProcessHandle::destroyForcibly);
    try {
      for (Process process : processes) {
        process.waitFor(1, TimeUnit.MINUTES);
      }
      JavaUtils.deleteRecursively(directory.toFile());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Stream<ProcessHandle> executors() {
    return processes.stream().flatMap(Process::children).filter(ProcessHandle::isAlive);
  }

  /** Whether one of the process's sockets has this local port, by what the kernel says. */
  private static boolean holds(ProcessHandle process, int port) {
    Path of = Path.of("/proc", String.valueOf(process.pid()));
    List<String> sockets = new ArrayList<>();
    for (String table : List.of("tcp", "tcp6")) {
      read(of.resolve("net").resolve(table))
          .lines()
          .map(line -> line.strip().split("\\s+"))
          .filter(fields -> fields[1].endsWith(":%04X".formatted(port)))
          .filter(fields -> fields[3].equals(ESTABLISHED))
          .forEach(fields -> sockets.add("socket:[" + fields[9] + "]"));
    }
    try (Stream<Path> files = Files.list(of.resolve("fd"))) {
      return files.anyMatch(file -> sockets.contains(target(file)));
    } catch (IOException gone) {
      return false;
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException closed) {
      return "";
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void start(String host, String main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(a -> a.startsWith("--add-opens"))
        .forEach(command::add);
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getenv("SPARK_HOME") + "/jars/*", main));
    command.addAll(List.of("--host", host, "--webui-port", "0"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log(host).toFile());
    builder.environment().put("SPARK_LOCAL_IP", host);
    // Spark's scripts set it; a worker that knows it not looks for a build of Spark.
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    try {
      processes.add(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path log(String host) {
    return directory.resolve(host + ".log");
  }

  private String awaitAddress() {
    Path log = log("127.0.0.1");
    for (int i = 0; i < 600 && processes.get(0).isAlive(); i++) {
      Optional<String> found = ADDRESS.matcher(read(log)).results().map(r -> r.group()).findFirst();
      if (found.isPresent()) {
        return found.get();
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
    String said = read(log);
    close();
    throw new IllegalStateException("Spark's master says no address: " + said);
  }
}
