package edtech.analytics.testing;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.cli.Main;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The classes that a load uses, kept in a file, so that the JVMs of the tests need not read and
 * check them again: a third of the processor time of a small load.
 */
public final class ClassArchive {
  private static final LocalDate DAY = LocalDate.of(2004, 1, 1);

  /**
   * One for all JVMs of this kind that use these jars, made by a load when it is asked for and not
   * there, or older than one of them.
   */
  private static final Path FILE =
      Path.of(
              "target",
              "test-load-%x.jsa"
                  .formatted((jars() + System.getProperty("java.vm.version")).hashCode()))
          .toAbsolutePath();

  static {
    createOnce();
  }

  private ClassArchive() {}

  public static String use() {
    return "-XX:SharedArchiveFile=" + FILE;
  }

  /** The class path as it has to be for the archive: what it knows, the jars, comes first. */
  public static String classPath() {
    return jars() + File.pathSeparator + entries(entry -> !entry.endsWith(".jar"));
  }

  private static String jars() {
    return entries(entry -> entry.endsWith(".jar"));
  }

  private static String entries(Predicate<String> which) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(which)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static void createOnce() {
    try (FileChannel channel = FileChannel.open(Path.of(FILE + ".lock"), CREATE, WRITE)) {
      // Held until the channel is closed.
      channel.lock();
      if (!isCurrent()) {
        create();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isCurrent() throws IOException {
    if (!Files.exists(FILE)) {
      return false;
    }
    FileTime written = Files.getLastModifiedTime(FILE);
    for (String jar : jars().split(File.pathSeparator)) {
      if (Files.getLastModifiedTime(Path.of(jar)).compareTo(written) > 0) {
        return false;
      }
    }
    return true;
  }

  private static void create() throws IOException {
    Path file = Path.of(FILE + ".new");
    try (LocalServices services = new LocalServices("class-archive")) {
      services.put(DAY, "a.jsonl", SampleDay.lines(DAY, "archive", 100));
      ForkedJvm.Result load =
          ForkedJvm.run(
              jars(),
              Main.class,
              Map.of(
                  "EVENTS_URI",
                  services.eventsUri(),
                  "CLICKHOUSE_USER",
                  LocalServices.ENVIRONMENT.get("CLICKHOUSE_LOADER_USER"),
                  "CLICKHOUSE_PASSWORD",
                  LocalServices.ENVIRONMENT.get("CLICKHOUSE_LOADER_PASSWORD")),
              List.of(
                  "-Dspark.master=local[2]", "-XX:ArchiveClassesAtExit=" + file, "-Xlog:disable"),
              List.of("load", "--date", DAY.toString()));
      assertThat(load.code()).as(load.text()).isZero();
      Files.move(file, FILE, REPLACE_EXISTING);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
