package edtech.analytics.spark;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.catalog.CatalogPlugin;

/** What a session can do that Spark's public interface does not offer. */
public final class Sessions {
  private Sessions() {}

  /** A session with the settings of another, and with views of its own. */
  public static SparkSession copy(SparkSession session) {
    return classic(session).cloneSession();
  }

  /** A catalog of the session given, which need not be the session that the thread last used. */
  public static CatalogPlugin catalog(SparkSession session, String name) {
    var classic = classic(session);
    return classic.withActive(() -> classic.sessionState().catalogManager().catalog(name));
  }

  /** The same frame in another session. */
  public static Dataset<Row> move(Dataset<Row> frame, SparkSession to) {
    var plan = ((org.apache.spark.sql.classic.Dataset<Row>) frame).logicalPlan();
    return org.apache.spark.sql.classic.Dataset.ofRows(classic(to), plan);
  }

  static org.apache.spark.sql.classic.SparkSession classic(SparkSession session) {
    return (org.apache.spark.sql.classic.SparkSession) session;
  }
}
