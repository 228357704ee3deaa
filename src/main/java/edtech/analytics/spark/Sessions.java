package edtech.analytics.spark;

import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.connector.catalog.CatalogPlugin;
import scala.Option;
import scala.collection.immutable.Map$;

/** What a session can do that Spark's public interface does not offer. */
public final class Sessions {
  private Sessions() {}

  /**
   * The session of this JVM, or a new one. It is made as Spark's builder does, but for two steps
   * that start Scala's reflection, for a second of processor time: the builder's search for its own
   * class, and extensions that libraries announce, as Spark's ML does for functions that no query
   * here uses. With {@code spark.sql.extensions} the builder makes the session.
   */
  public static SparkSession start(SparkConf conf) {
    if (SparkSession.getDefaultSession().isDefined() || conf.contains("spark.sql.extensions")) {
      return SparkSession.builder().config(conf).getOrCreate();
    }
    SparkSession session =
        new org.apache.spark.sql.classic.SparkSession(
            SparkContext.getOrCreate(conf),
            Option.empty(),
            Option.empty(),
            new SparkSessionExtensions(),
            Map$.MODULE$.empty(),
            Map$.MODULE$.empty());
    SparkSession.setDefaultSession(session);
    return session;
  }

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
