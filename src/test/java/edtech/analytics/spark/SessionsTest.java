package edtech.analytics.spark;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.testing.LocalSpark;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

class SessionsTest {
  /** The tests' own session was started in the way of the job, too. */
  private final SparkSession session = LocalSpark.newSession();

  @Test
  void started_hasTheSettingsItWasGiven_andIsWhatSparkFinds() {
    SparkSession started = SparkSession.getDefaultSession().get();

    assertThat(started.conf().get("spark.sql.shuffle.partitions")).isEqualTo("2");
    assertThat(started.sparkContext()).isSameAs(session.sparkContext());
    assertThat(session.sql("SELECT upper('a') || :b", Map.of("b", "c")).head().get(0))
        .isEqualTo("Ac");
  }

  @Test
  void start_withASessionThere_isThatSession() {
    SparkConf other = new SparkConf().setMaster("local[1]").setAppName("other");

    SparkSession again = Sessions.start(other);

    assertThat(again).isSameAs(SparkSession.getDefaultSession().get());
    assertThat(again.sparkContext().appName()).isEqualTo("tests");
  }
}
