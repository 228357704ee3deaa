package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import edtech.analytics.testing.ForkedJvm;
import edtech.analytics.testing.JobJvm;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.SparkUi;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The official connector in the place of the built-in sink. In a process of its own, as an operator
 * runs it: the connector carries another version of ClickHouse's client under its original name,
 * which the job jar, but not the class path of the tests, keeps apart from the job's.
 */
class ConnectorIT {
  private static final Path TARGET = Path.of("target");
  private static final Path CONNECTOR = TARGET.resolve("official-connector");
  private static final String CATALOG = "com.clickhouse.spark.ClickHouseCatalog";
  private static final LocalDate DAY = LocalDate.of(2031, 7, 4);

  private static final String ABSENT =
      "no official connector in "
          + CONNECTOR
          + ": build with -Pofficial-connector where com.clickhouse.spark resolves";

  private static LocalServices services;

  @TempDir private Path eventLog;

  @BeforeAll
  static void open() throws IOException {
    if (connectorJar().isPresent()) {
      services = new LocalServices("connector");
    } else {
      // Maven counts a skipped test, but does not say why it was.
      System.out.println("ConnectorIT is skipped: " + ABSENT);
    }
  }

  @AfterAll
  static void close() {
    if (services != null) {
      services.close();
    }
  }

  @Test
  void officialConnector_load_sameTablesAsBuiltInSink() throws Exception {
    assumeTrue(services != null, ABSENT);
    services.put(
        DAY,
        "a.jsonl",
        event("e1", "open", "09:00:00.000001Z", "\"session_id\":\"s1\",\"platform\":\"ios\""),
        event("e1", "open", "09:00:00.000001Z", "\"session_id\":\"s1\",\"platform\":\"ios\""),
        event("e2", "purchase", "09:00:01Z", "\"purchase_amount\":\"12.30\",\"b\":[1.50,\"é😀\"]"),
        event("e3", "purchase", "23:59:59.999999Z", "\"purchase_amount\":-0.01"),
        event("e4", "task_result", "10:00:00Z", "\"task_id\":7,\"task_result\":\"success\""),
        event("e5", "task_result", "10:00:00Z", "\"task_id\":7,\"task_result\":\"failure\""),
        event("e6", "ab_test_assignment", "11:00:00Z", "\"ab_test_id\":\"t\",\"ab_group\":\"b\""),
        "no event",
        "no event");
    assertThat(services.load(DAY).load().error()).isEmpty();
    Map<String, String> builtIn = services.contents(DAY);

    Result connector = loadWithConnector();

    assertThat(connector.exitCode()).as(connector.output()).isZero();
    assertThat(connector.ui()).contains("sparkProperties");
    JobJvm.requireNowhere(
        new ForkedJvm.Result(0, connector.output(), connector.ui(), 0), eventLog, JobJvm.secrets());
    assertThat(
            services.number(
                "SELECT count() FROM ops.loads WHERE status = 'published' AND event_date = '"
                    + DAY
                    + "'"))
        .isEqualTo(2);
    assertThat(services.contents(DAY)).isEqualTo(builtIn);
  }

  private static String event(String id, String type, String time, String more) {
    return "{\"event_id\":\"%s\",\"user_id\":\"u1\",\"event_type\":\"%s\",\"event_timestamp\":\"%sT%s\",%s}"
        .formatted(id, type, DAY, time, more);
  }

  /**
   * @param ui what Spark's UI told while it ran
   */
  private record Result(int exitCode, String output, String ui) {}

  private Result loadWithConnector() throws IOException, InterruptedException {
    int uiPort;
    try (ServerSocket free = new ServerSocket(0)) {
      uiPort = free.getLocalPort();
    }
    ProcessBuilder submit =
        new ProcessBuilder(
            Path.of(LocalServices.ENVIRONMENT.get("SPARK_HOME"), "bin", "spark-submit").toString(),
            "--properties-file",
            "conf/spark-defaults.conf",
            "--driver-class-path",
            TARGET.resolve("s3a-jars") + "/*:" + connectorJar().orElseThrow(),
            "--conf",
            "spark.eventLog.enabled=true",
            "--conf",
            "spark.eventLog.compress=false",
            "--conf",
            "spark.eventLog.dir=" + eventLog.toUri(),
            "--conf",
            "spark.ui.enabled=true",
            "--conf",
            "spark.ui.port=" + uiPort,
            "--class",
            "edtech.analytics.cli.Main",
            jobJar().toString(),
            "load",
            "--date",
            DAY.toString(),
            "--force",
            "--set",
            "events-uri=" + services.eventsUri(),
            "--set",
            "clickhouse.password=env:CLICKHOUSE_LOADER_PASSWORD",
            "--set",
            "clickhouse.catalog=" + CATALOG);
    submit.environment().putAll(LocalServices.loaderEnvironment());
    submit.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    Path output = Files.createTempFile("connector", ".out");
    Process process = submit.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    StringBuilder ui = new StringBuilder();
    while (!process.waitFor(200, TimeUnit.MILLISECONDS)) {
      try {
        ui.append(SparkUi.told(uiPort));
      } catch (IOException notYetOrNoMore) {
        // The UI is there while Spark runs.
      }
    }
    return new Result(process.exitValue(), Files.readString(output).strip(), ui.toString());
  }

  private static Path jobJar() throws IOException {
    return jars(TARGET, "-job.jar").stream().findFirst().orElseThrow();
  }

  private static Optional<Path> connectorJar() throws IOException {
    return Files.isDirectory(CONNECTOR)
        ? jars(CONNECTOR, ".jar").stream().findFirst()
        : Optional.empty();
  }

  private static List<Path> jars(Path folder, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(suffix)).toList();
    }
  }
}
