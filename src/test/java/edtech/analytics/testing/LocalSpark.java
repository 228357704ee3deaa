package edtech.analytics.testing;

import org.apache.spark.sql.SparkSession;

/** One Spark for all tests that need no services; a session of its own for whoever asks. */
public final class LocalSpark {
  private static final SparkSession SPARK =
      SparkSession.builder()
          .master("local[1]")
          .config("spark.ui.enabled", "false")
          .config("spark.sql.session.timeZone", "UTC")
          .config("spark.sql.shuffle.partitions", "2")
          .getOrCreate();

  private LocalSpark() {}

  public static SparkSession newSession() {
    return SPARK.newSession();
  }
}
