package edtech.analytics.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import edtech.analytics.config.Settings;
import edtech.analytics.config.SettingsReader;
import edtech.analytics.job.JobContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * A driver that is to be killed, in a JVM of its own. The next one starts its Spark while the test
 * looks at what the last one left, and waits to be told what to do.
 */
public final class ReadyDriver implements AutoCloseable {
  private final Class<?> main;
  private int left;
  private ForkedJvm waiting;

  /**
   * Starts the first.
   *
   * @param main begins with {@link Told#await}
   * @param drivers how many will be needed at most
   */
  public ReadyDriver(Class<?> main, int drivers) {
    this.main = main;
    this.left = drivers;
    start();
  }

  /**
   * Lets the driver that waits do its work, to its end, and starts the next one, if any is left.
   */
  public ForkedJvm.Result run(String... arguments) throws InterruptedException {
    if (waiting == null) {
      throw new IllegalStateException("more drivers are needed than were asked for");
    }
    waiting.tell(String.join("\n", arguments));
    ForkedJvm.Result result = waiting.end();
    start();
    return result;
  }

  @Override
  public void close() {
    if (waiting != null) {
      waiting.kill();
    }
  }

  private void start() {
    waiting = left-- > 0 ? ForkedJvm.start(main, List.of("-Dspark.master=local[2]")) : null;
  }

  /**
   * What a driver was told.
   *
   * @param spark started before it was
   */
  public record Told(SparkSession spark, List<String> arguments) {
    /** Starts Spark in this JVM, then waits for what it is to do. */
    public static Told await() {
      SparkSession spark =
          new JobContext(settings(Map.of()), LocalServices.loaderEnvironment()).spark();
      try {
        String text = new String(System.in.readAllBytes(), UTF_8);
        return new Told(spark, List.of(text.split("\n", -1)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    public JobContext job(Map<String, String> more) {
      return new JobContext(settings(more), LocalServices.loaderEnvironment(), spark);
    }

    private static Settings settings(Map<String, String> more) {
      Map<String, String> settings = new HashMap<>(more);
      settings.put("clickhouse.password", "env:CLICKHOUSE_LOADER_PASSWORD");
      return SettingsReader.read(Optional.empty(), LocalServices.loaderEnvironment(), settings);
    }
  }
}
