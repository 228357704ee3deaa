package edtech.analytics.job;

import edtech.analytics.clickhouse.sink.StageCatalog;
import edtech.analytics.config.Settings;
import edtech.analytics.config.SettingsException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.catalog.TableCatalog;

/**
 * Which Spark catalog writes the stage tables: the built-in sink, or the official connector. Its
 * options are set on the session of a load.
 */
public final class Writing {
  public static final String CATALOG = "clickhouse";

  private static final String PREFIX = "spark.sql.catalog." + CATALOG;

  /** Where the official connector looks for the password. */
  static final String PASSWORD = PREFIX + ".password";

  private static final String SPARKS_REDACTION = "(?i)secret|password|token|access[.]?key";

  private static final String BATCH_SIZE = "spark.clickhouse.write.batchSize";

  private static final String BUILT_IN = StageCatalog.class.getName();

  /** The name of the built-in sink in files that were copied from an earlier reference.conf. */
  private static final String BUILT_IN_BEFORE = "edtech.analytics.clickhouse.StageCatalog";

  private final Settings.ClickHouse settings;
  private final String catalog;

  Writing(Settings.ClickHouse settings) {
    this.settings = settings;
    this.catalog = settings.catalog().equals(BUILT_IN_BEFORE) ? BUILT_IN : settings.catalog();
  }

  /** Whether an append fails unless the server holds what its tasks wrote. */
  public boolean reportsRows() {
    return catalog.equals(BUILT_IN);
  }

  /**
   * Fails unless the class that is to write is there; Spark itself would look for it only when the
   * first rows come.
   *
   * @throws SettingsException when it is not
   */
  public void requireCatalog() {
    String problem;
    try {
      ClassLoader loader = Thread.currentThread().getContextClassLoader();
      if (TableCatalog.class.isAssignableFrom(Class.forName(catalog, false, loader))) {
        return;
      }
      problem = "this class is no Spark catalog: name the connector's";
    } catch (ClassNotFoundException | LinkageError e) {
      problem =
          "this class is not on the class path: give spark-submit its --packages"
              + " (docs/connector.md)";
    }
    throw new SettingsException(
        List.of(named() + problem + ", or leave the setting out for the built-in sink"));
  }

  /**
   * Fails where the official connector is set: what it writes is not counted, and it reads no stage
   * table back.
   *
   * @throws SettingsException when it is
   */
  public void requireBuiltIn(String command) {
    if (!reportsRows()) {
      throw new SettingsException(
          List.of(
              named()
                  + command
                  + " works with the built-in sink only: add --set clickhouse.catalog="
                  + BUILT_IN));
    }
  }

  /**
   * Gives Spark, before it starts, the key of the connector's password without the password. The
   * event log redacts a setting of a session only where the configuration that Spark was started
   * with has a setting of that name.
   */
  void prepare(SparkConf conf) {
    if (!reportsRows()) {
      conf.set(PASSWORD, "set for each load");
    }
  }

  /**
   * Fails where the event log would show the connector's password.
   *
   * @param started the configuration that Spark was started with
   * @throws SettingsException when {@link #prepare} had no part in it
   */
  void requireRedacted(SparkConf started) {
    if (reportsRows() || !started.getBoolean("spark.eventLog.enabled", false)) {
      return;
    }
    String names = started.get("spark.redaction.regex", SPARKS_REDACTION);
    if (started.contains(PASSWORD) && Pattern.compile(names).matcher(PASSWORD).find()) {
      return;
    }
    throw new SettingsException(
        List.of(
            named()
                + "the event log of this Spark would show ClickHouse's password, since it redacts only"
                + " keys that Spark was started with and that spark.redaction.regex finds: start Spark"
                + " with --conf "
                + PASSWORD
                + "=redacted, or with spark.eventLog.enabled=false"));
  }

  private String named() {
    return "clickhouse.catalog = \"" + catalog + "\": ";
  }

  void configure(SparkSession spark, Map<String, String> environment) {
    spark.conf().set(PREFIX, catalog);
    options(environment).forEach((key, value) -> spark.conf().set(PREFIX + "." + key, value));
    if (!reportsRows()) {
      connectorSettings().forEach((key, value) -> spark.conf().set(key, value));
    }
  }

  /** Options of the catalog, without its prefix. */
  Map<String, String> options(Map<String, String> environment) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("user", settings.user());
    if (reportsRows()) {
      options.put("url", settings.url());
      options.put("secret", settings.password().reference());
      options.put("connect-timeout", String.valueOf(settings.connectTimeout()));
      options.put("request-timeout", String.valueOf(settings.requestTimeout()));
      options.put("retries", String.valueOf(settings.retries()));
      options.put("batch-rows", String.valueOf(settings.batchRows()));
      options.put("batch-bytes", String.valueOf(settings.batchBytes()));
      return options;
    }
    return connectorOptions(options, environment);
  }

  private Map<String, String> connectorOptions(
      Map<String, String> options, Map<String, String> environment) {
    URI url = URI.create(settings.url());
    boolean isSecure = "https".equals(url.getScheme());
    int usualPort = isSecure ? 8443 : 8123;
    options.put("host", url.getHost());
    options.put("protocol", url.getScheme());
    options.put("http_port", String.valueOf(url.getPort() < 0 ? usualPort : url.getPort()));
    options.put("database", "stage");
    // The connector takes no reference. Spark redacts the value, where requireRedacted holds.
    options.put("password", settings.password().resolve(environment));
    if (isSecure) {
      // Its client looks at this one only, whatever the protocol says.
      options.put("option.ssl", "true");
    }
    options.put("option.connection_timeout", millis(settings.connectTimeout()));
    options.put("option.socket_timeout", millis(settings.requestTimeout()));
    // An answer must mean that the rows are in the table.
    options.put("option.clickhouse_setting_async_insert", "0");
    // Newer servers answer with ZSTD unless told otherwise, which its client takes for broken LZ4.
    options.put("option.clickhouse_setting_network_compression_method", "LZ4");
    return options;
  }

  /**
   * Sets how many rows the official connector sends at once, which counts no bytes: so few that no
   * batch of them is larger than {@code clickhouse.batch-bytes}.
   *
   * @param rowsWithin how many of the rows are at most so many bytes
   */
  public void boundBatches(SparkSession spark, LongUnaryOperator rowsWithin) {
    long rows = Math.min(settings.batchRows(), rowsWithin.applyAsLong(settings.batchBytes()));
    spark.conf().set(BATCH_SIZE, rows);
  }

  private Map<String, String> connectorSettings() {
    String prefix = "spark.clickhouse.write.";
    return Map.of(
        prefix + "format",
        "arrow",
        // Nothing of a run is told to others.
        "spark.clickhouse.telemetry.enabled",
        "false",
        prefix + "maxRetry",
        String.valueOf(settings.retries()),
        // A stage table has one partition: shuffling by it would send all rows to one task.
        prefix + "repartitionByPartition",
        "false");
  }

  private static String millis(int seconds) {
    return String.valueOf(seconds * 1000L);
  }
}
