package edtech.analytics.testing;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.cli.Main;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Commands of the job as the loader, on the services of a test class. */
public record JobJvm(LocalServices services) {
  /**
   * Runs a command to its end, in a JVM of its own.
   *
   * @param environment what differs from that of the loader; a null value removes a variable
   * @param options of the JVM
   */
  public ForkedJvm.Result run(
      Map<String, String> environment, List<String> options, String... arguments)
      throws InterruptedException {
    return ForkedJvm.run(Main.class, asLoader(environment), options, List.of(arguments));
  }

  /** The same in this JVM: for commands that start no Spark. */
  public ForkedJvm.Result runHere(Map<String, String> environment, String... arguments) {
    Map<String, String> all = new HashMap<>(LocalServices.ENVIRONMENT);
    all.putAll(asLoader(environment));
    all.values().removeIf(Objects::isNull);
    ForkedJvm.Result result = ThisJvm.run(all, arguments);
    assertThat(services.spark().sparkContext().isStopped()).as("needs a JVM of its own").isFalse();
    return result;
  }

  private Map<String, String> asLoader(Map<String, String> environment) {
    Map<String, String> all = new HashMap<>();
    all.put("EVENTS_URI", services.eventsUri());
    all.put("CLICKHOUSE_USER", LocalServices.ENVIRONMENT.get("CLICKHOUSE_LOADER_USER"));
    all.put("CLICKHOUSE_PASSWORD", LocalServices.ENVIRONMENT.get("CLICKHOUSE_LOADER_PASSWORD"));
    all.put(LocalServices.MOST_REJECTED, "1");
    all.putAll(environment);
    return all;
  }

  /** Every secret of the environment: none may be in what a command leaves. */
  public static String[] secrets() {
    String[] secrets =
        LocalServices.ENVIRONMENT.entrySet().stream()
            .filter(e -> e.getKey().matches("CLICKHOUSE_.*PASSWORD|AWS_SECRET_ACCESS_KEY"))
            .map(Map.Entry::getValue)
            .toArray(String[]::new);
    assertThat(secrets).hasSizeGreaterThanOrEqualTo(4).allMatch(secret -> secret.length() > 10);
    return secrets;
  }

  /** Options that make Spark write its event log, as text. */
  public static List<String> eventLog(Path folder) {
    return List.of(
        "-Dspark.eventLog.enabled=true",
        "-Dspark.eventLog.compress=false",
        "-Dspark.eventLog.dir=" + folder.toUri());
  }

  /** Neither what a command said nor any file of a folder, the event log among them, has these. */
  public static void requireNowhere(ForkedJvm.Result result, Path folder, String... secrets)
      throws IOException {
    List<String> written = new ArrayList<>(List.of(result.text()));
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        written.add(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    assertThat(written).anyMatch(text -> text.contains("SparkListenerEnvironmentUpdate"));
    assertThat(written).allSatisfy(text -> assertThat(text).doesNotContain(secrets));
  }
}
