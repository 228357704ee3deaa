package edtech.analytics.job;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.Connection;
import edtech.analytics.clickhouse.Servers;
import edtech.analytics.clickhouse.store.Publications;
import edtech.analytics.clickhouse.store.Replicas;
import edtech.analytics.clickhouse.store.Schema;
import edtech.analytics.clickhouse.store.Sweep;
import edtech.analytics.config.Settings;
import edtech.analytics.input.DayLister;
import edtech.analytics.spark.Sessions;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;

/**
 * What the commands of one run share: settings, the server, the listing, and a Spark session that
 * is started only when there is something to load, or a load is forced.
 */
public final class JobContext implements AutoCloseable {
  private final Settings settings;
  private final Map<String, String> environment;
  private final Settings.ClickHouse clickhouse;
  private final ClickHouse server;
  private final boolean ownsSession;
  private SparkSession spark;

  /** A run that starts its own Spark session, and stops it. */
  public JobContext(Settings settings, Map<String, String> environment) {
    this(settings, environment, null);
  }

  /**
   * A run in a session that is there already, as in spark-shell.
   *
   * @param session null = start one when it is needed
   */
  public JobContext(Settings settings, Map<String, String> environment, SparkSession session) {
    this.ownsSession = session == null;
    this.spark = session;
    this.settings = settings;
    this.environment = environment;
    S3Access.withoutProxy(settings);
    Connection chosen = Servers.first(connections(settings.clickhouse(), environment));
    this.clickhouse = settings.clickhouse().at(chosen.url());
    this.server = new ClickHouse(chosen);
  }

  /** How each of the servers in the settings is reached. */
  public static List<Connection> connections(
      Settings.ClickHouse settings, Map<String, String> environment) {
    String password = settings.password().resolve(environment);
    return settings.urls().stream()
        .map(
            url ->
                new Connection(
                    url,
                    settings.user(),
                    password,
                    settings.connectTimeout(),
                    settings.requestTimeout(),
                    settings.retries()))
        .toList();
  }

  /**
   * Makes the databases on each of the servers of {@code clickhouse.url} as replicas, where {@code
   * clickhouse.cluster} says that they are some.
   */
  public void createReplicas() {
    String cluster = clickhouse.cluster();
    if (cluster.isEmpty()) {
      return;
    }
    for (Connection replica : connections(settings.clickhouse(), environment)) {
      try (ClickHouse asked = new ClickHouse(replica)) {
        new Schema(asked).createReplicatedDatabases(cluster);
      }
    }
  }

  /** The address of the server that this run talks to, from beginning to end. */
  public String url() {
    return clickhouse.url();
  }

  public Settings settings() {
    return settings;
  }

  public ClickHouse server() {
    return server;
  }

  /** The server and those that hold the same rows. */
  public Replicas replicas() {
    return new Replicas(server, clickhouse.cluster());
  }

  public Publications publications() {
    return new Publications(server, replicas(), clickhouse.minReplicas());
  }

  public Sweep sweep() {
    return new Sweep(server, replicas(), settings.publication());
  }

  public Schema schema() {
    return new Schema(server);
  }

  /** Version of the job jar; 'development' outside of one. */
  public static String jobVersion() {
    String version = JobContext.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /**
   * Lists the objects of the source.
   *
   * @param warnings told of what makes listing slow
   */
  public DayLister lister(Consumer<String> warnings) {
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(sparkConf());
    return DayLister.of(hadoop, settings.eventsUri(), settings.source().layout(), warnings);
  }

  public Writing writing() {
    return new Writing(clickhouse);
  }

  public synchronized SparkSession spark() {
    if (spark == null) {
      FatalErrors.tell();
      spark = Sessions.start(sparkConf());
    }
    // Spark's planner looks for the session of its thread, which need not be the one that started
    // it.
    SparkSession.setActiveSession(spark);
    return spark;
  }

  /** A session for one load: with the settings of the run's, and views of its own. */
  public SparkSession newSession() {
    writing().requireRedacted(spark().sparkContext().getConf());
    SparkSession session = Sessions.copy(spark());
    writing().configure(session, environment);
    return session;
  }

  /** Starts Spark in the background. Where that fails, {@link #spark} throws. */
  public void startSpark() {
    Thread starter = new Thread(this::trySpark, "start-spark");
    starter.setDaemon(true);
    starter.start();
  }

  private void trySpark() {
    try {
      spark();
    } catch (Exception shownLater) {
      // spark() tries again, and throws.
    }
  }

  @Override
  public synchronized void close() {
    server.close();
    if (spark != null && ownsSession) {
      spark.stop();
    }
  }

  /** The settings that spark-submit was given, and those that the job needs. */
  public SparkConf sparkConf() {
    SparkConf conf =
        new SparkConf()
            .setIfMissing("spark.master", "local[2,4]")
            .setIfMissing("spark.app.name", "edtech-analytics")
            // S3A's own defaults try for minutes, in silence, where an address or a network is
            // wrong.
            .setIfMissing("spark.hadoop.fs.s3a.attempts.maximum", "3")
            .setIfMissing("spark.hadoop.fs.s3a.retry.limit", "3")
            .setIfMissing("spark.hadoop.fs.s3a.connection.establish.timeout", "15s")
            .setIfMissing("spark.hadoop.fs.s3a.connection.timeout", "30s")
            // Of an S3 that answers 503: each wait is twice the one before, and 20 would be days.
            .setIfMissing("spark.hadoop.fs.s3a.retry.throttle.limit", "6")
            .set("spark.sql.session.timeZone", "UTC")
            .set("spark.sql.ansi.enabled", "true");
    if (!writing().reportsRows()) {
      // The official connector commits nothing: a task that ran twice would write its rows twice.
      conf.set("spark.task.maxFailures", "1")
          .set("spark.speculation", "false")
          // local[cores,failures] counts failures by its own number, not by maxFailures.
          .set("spark.master", conf.get("spark.master").replaceFirst("^(local\\[[^,]+),.*", "$1]"));
    }
    writing().prepare(conf);
    S3Access.properties(settings, SparkHadoopUtil.get().newConfiguration(conf))
        .forEach((name, value) -> conf.set("spark.hadoop." + name, value));
    return conf;
  }
}
