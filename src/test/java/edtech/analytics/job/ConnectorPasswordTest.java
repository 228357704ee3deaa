package edtech.analytics.job;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.config.SettingsReader;
import edtech.analytics.testing.ForkedJvm;
import edtech.analytics.testing.JobJvm;
import edtech.analytics.testing.SparkUi;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The password that the session of a load has where the official connector writes. */
class ConnectorPasswordTest {
  private static final String CANARY = "canary-0f9e8d7c";

  @TempDir private Path folder;

  /** A query in the session of a load; what it says is what Spark's UI tells of it. */
  static final class Query {
    public static void main(String[] arguments) throws Exception {
      Map<String, String> settings =
          Map.of(
              "events-uri", "file:///events",
              "clickhouse.url", "http://localhost:8123",
              "clickhouse.catalog", "com.clickhouse.spark.ClickHouseCatalog");
      try (JobContext job =
          new JobContext(
              SettingsReader.read(Optional.empty(), System.getenv(), settings), System.getenv())) {
        SparkSession session = job.newSession();
        System.out.println("set: " + session.conf().get(Writing.PASSWORD).equals(CANARY));
        session.range(100).repartition(3).count();
        URI ui = URI.create(session.sparkContext().uiWebUrl().get());
        System.out.println(SparkUi.told(ui.getPort()));
      }
    }
  }

  @Test
  void query_leavesThePasswordNeitherInTheEventLogNorInTheUi() throws Exception {
    List<String> options = new ArrayList<>(JobJvm.eventLog(folder));
    options.add("-Dspark.ui.enabled=true");
    options.add("-Dspark.ui.port=0");

    ForkedJvm.Result query =
        ForkedJvm.run(
            System.getProperty("java.class.path"),
            Query.class,
            Map.of("CLICKHOUSE_PASSWORD", CANARY, "SPARK_LOCAL_IP", "127.0.0.1"),
            options,
            List.of());

    assertThat(query.code()).as(query.text()).isZero();
    assertThat(query.out()).contains("set: true").contains("sparkProperties");
    JobJvm.requireNowhere(query, folder, CANARY);
    assertThat(jobStarts())
        .isNotEmpty()
        .allMatch(job -> job.contains("\"" + Writing.PASSWORD + "\":\"*********(redacted)\""));
  }

  private List<String> jobStarts() throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      List<String> found = new ArrayList<>();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.readAllLines(file).stream()
            .filter(line -> line.contains("\"SparkListenerJobStart\""))
            .forEach(found::add);
      }
      return found;
    }
  }
}
