package edtech.analytics.testing;

import edtech.analytics.spark.Sessions;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** One Spark for all tests that need no services; a session of its own for whoever asks. */
public final class LocalSpark {
  private static final SparkSession SPARK =
      Sessions.start(
          new SparkConf()
              .setMaster("local[1]")
              .setAppName("tests")
              .set("spark.ui.enabled", "false")
              .set("spark.sql.session.timeZone", "UTC")
              .set("spark.sql.shuffle.partitions", "2"));

  private LocalSpark() {}

  public static SparkSession newSession() {
    return SPARK.newSession();
  }
}
