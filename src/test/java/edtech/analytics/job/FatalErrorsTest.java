package edtech.analytics.job;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.config.SettingsReader;
import edtech.analytics.testing.ForkedJvm;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Encoders;
import org.junit.jupiter.api.Test;

class FatalErrorsTest {
  @Test
  void taskWithoutMemory_endsTheJobWithOneAndALastLine() throws Exception {
    ForkedJvm.Result result =
        ForkedJvm.run(
            System.getProperty("java.class.path"),
            FatalErrorsTest.class,
            Map.of("CLICKHOUSE_PASSWORD", ""),
            List.of("-Dspark.master=local[1]"),
            List.of());
    assertThat(result.code()).as(result.text()).isEqualTo(1);
    assertThat(result.lastError())
        .startsWith("error: out of memory, or another error that Spark does not survive");
    assertThat(result.out()).contains("begun").doesNotContain("over");
  }

  /** A job with a task that runs out of memory, in a JVM of its own. */
  public static void main(String[] arguments) {
    Map<String, String> settings = Map.of("clickhouse.url", "http://127.0.0.1:1");
    Map<String, String> environment = System.getenv();
    try (JobContext job =
        new JobContext(
            SettingsReader.readForServer(Optional.empty(), environment, settings), environment)) {
      System.out.println("begun");
      job.spark()
          .range(1)
          .map((MapFunction<Long, Long>) n -> outOfMemory(), Encoders.LONG())
          .count();
    }
    System.out.println("over");
  }

  private static long outOfMemory() {
    throw new OutOfMemoryError("of a test");
  }
}
