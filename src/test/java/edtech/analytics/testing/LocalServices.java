package edtech.analytics.testing;

import com.clickhouse.client.api.query.GenericRecord;
import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.Connection;
import edtech.analytics.clickhouse.store.Publications;
import edtech.analytics.clickhouse.store.Replicas;
import edtech.analytics.clickhouse.store.Sweep;
import edtech.analytics.config.Settings;
import edtech.analytics.config.SettingsReader;
import edtech.analytics.job.JobContext;
import edtech.analytics.load.LoadMode;
import edtech.analytics.load.LoadReport;
import edtech.analytics.load.Progress;
import edtech.analytics.load.RangeLoad;
import edtech.analytics.model.Tables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.statistics.IOStatisticsSource;
import org.apache.hadoop.fs.statistics.StoreStatisticNames;
import org.apache.spark.sql.SparkSession;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The real S3 and ClickHouse that the tests run against (make test starts them), and one Spark for
 * all of them. Each test class takes a folder of its own in S3, and days of its own in ClickHouse.
 */
public final class LocalServices implements AutoCloseable {
  public static final Map<String, String> ENVIRONMENT = environment();

  /** 1 in the tests: most days have a few lines, of which some are there to be rejected. */
  static final String MOST_REJECTED = "EDTECH_MAX_REJECTED_RATIO_OF_ANY_DAY";

  private static final String BUCKET = URI.create(ENVIRONMENT.get("EVENTS_URI")).getHost();
  private static SparkSession spark;

  private final String folder;
  private final S3Client s3;
  private final ClickHouse admin;

  /**
   * @param folder where the objects of the test class lie
   */
  public LocalServices(String folder) {
    this.folder = "it/" + folder + "-" + System.nanoTime();
    this.s3 =
        S3Client.builder()
            .endpointOverride(URI.create(ENVIRONMENT.get("S3_ENDPOINT")))
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .build();
    this.admin = connect("CLICKHOUSE_USER", "CLICKHOUSE_PASSWORD");
  }

  /** The environment, which make test fills from the services that it started. */
  private static Map<String, String> environment() {
    if (TestEnvironment.ALL.getOrDefault("CLICKHOUSE_URL", "").isEmpty()) {
      throw new IllegalStateException("no services: run the tests with make test");
    }
    return TestEnvironment.ALL;
  }

  public static ClickHouse connect(String userVariable, String passwordVariable) {
    return new ClickHouse(
        new Connection(
            ENVIRONMENT.get("CLICKHOUSE_URL"),
            ENVIRONMENT.get(userVariable),
            ENVIRONMENT.get(passwordVariable),
            10,
            120,
            3));
  }

  public ClickHouse admin() {
    return admin;
  }

  /** What a server publishes as soon as it holds it itself. */
  public static Publications publications(ClickHouse server) {
    return new Publications(server, new Replicas(server, ""), 1);
  }

  public String eventsUri() {
    return "s3a://" + BUCKET + "/" + folder;
  }

  public void put(LocalDate prefix, String name, byte[] bytes) {
    s3.putObject(
        request -> request.bucket(BUCKET).key(key(prefix, name)), RequestBody.fromBytes(bytes));
  }

  public void put(LocalDate prefix, String name, String... lines) {
    put(prefix, name, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  public void remove(LocalDate prefix, String name) {
    s3.deleteObject(request -> request.bucket(BUCKET).key(key(prefix, name)));
  }

  /** Address of an object, as the job names it. */
  public String uri(LocalDate prefix, String name) {
    return eventsUri() + "/dt=" + prefix + "/" + name;
  }

  /** What a load says of an object that is another one when read than when listed. */
  public String changedMessage(LocalDate prefix, String name) {
    return "object "
        + uri(prefix, name)
        + " changed between listing and reading: load the day again when its objects are final";
  }

  /** Puts an object into a folder of the test class's folder. */
  public void putInto(String subfolder, LocalDate prefix, String name, String... lines) {
    s3.putObject(
        request ->
            request.bucket(BUCKET).key(folder + "/" + subfolder + "/dt=" + prefix + "/" + name),
        RequestBody.fromString(String.join("\n", lines) + "\n"));
  }

  /** Puts an object of any name into a folder of the test class's folder. */
  public void putInto(String subfolder, String name, byte[] bytes) {
    s3.putObject(
        request -> request.bucket(BUCKET).key(folder + "/" + subfolder + "/" + name),
        RequestBody.fromBytes(bytes));
  }

  /** Removes what was put there. */
  public void removeFrom(String subfolder, String name) {
    s3.deleteObject(r -> r.bucket(BUCKET).key(folder + "/" + subfolder + "/" + name));
  }

  /** Removes the objects of a prefix. */
  public void clear(LocalDate prefix) {
    s3.listObjectsV2Paginator(r -> r.bucket(BUCKET).prefix(key(prefix, "")))
        .contents()
        .forEach(object -> s3.deleteObject(r -> r.bucket(BUCKET).key(object.key())));
  }

  /** Loads a day as the user loader; settings as key, value, key, value. */
  public LoadReport load(LocalDate date, LoadMode mode, String... settings) {
    return backfill(date, date, mode, settings).get(0);
  }

  public LoadReport load(LocalDate date, String... settings) {
    return load(date, LoadMode.UNLESS_UNCHANGED, settings);
  }

  /** Loads a day while something else happens at its steps. */
  public LoadReport load(LocalDate date, Progress progress, String... settings) {
    return backfill(date, date, LoadMode.UNLESS_UNCHANGED, progress, settings).get(0);
  }

  public List<LoadReport> backfill(
      LocalDate from, LocalDate to, LoadMode mode, String... settings) {
    return backfill(from, to, mode, new SilentProgress(), settings);
  }

  public List<LoadReport> backfill(
      LocalDate from, LocalDate to, LoadMode mode, Progress progress, String... settings) {
    try (JobContext job = job(settings)) {
      return new RangeLoad(job, progress).run(from, to, mode, report -> {});
    }
  }

  /** A run as the user loader, in a Spark session of its own. */
  public JobContext job(String... settings) {
    return new JobContext(settings(settings), loaderEnvironment(), spark().newSession());
  }

  public Settings settings(String... settings) {
    Map<String, String> overrides = new HashMap<>();
    overrides.put("events-uri", eventsUri());
    // The sink resolves the password from the process environment, as in production.
    overrides.put("clickhouse.password", "env:CLICKHOUSE_LOADER_PASSWORD");
    for (int i = 0; i < settings.length; i += 2) {
      overrides.put(settings[i], settings[i + 1]);
    }
    return SettingsReader.read(Optional.empty(), loaderEnvironment(), overrides);
  }

  public static Map<String, String> loaderEnvironment() {
    Map<String, String> environment = new HashMap<>(ENVIRONMENT);
    environment.put("CLICKHOUSE_USER", ENVIRONMENT.get("CLICKHOUSE_LOADER_USER"));
    environment.put(MOST_REJECTED, "1");
    return environment;
  }

  /** The one Spark of the test run. */
  public synchronized SparkSession spark() {
    if (spark == null) {
      try (JobContext job = new JobContext(settings(), loaderEnvironment())) {
        spark =
            SparkSession.builder()
                .config(job.sparkConf())
                .config("spark.ui.enabled", "false")
                .getOrCreate();
      }
    }
    return spark;
  }

  /** How many times this process has asked S3 for an object's bytes so far. */
  public long objectReads() {
    try {
      FileSystem s3a =
          FileSystem.get(URI.create(eventsUri()), spark().sparkContext().hadoopConfiguration());
      return ((IOStatisticsSource) s3a)
          .getIOStatistics()
          .counters()
          .get(StoreStatisticNames.ACTION_HTTP_GET_REQUEST);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends in the ledger what looks like a running load: killed ones of other tests. */
  public void abandonRunning() {
    abandon(admin, "status = 'running'");
  }

  /** As if the last heartbeat of these loads were two hours old. */
  public static void abandon(ClickHouse admin, String which) {
    heartbeat(admin, 2, which);
  }

  /** As if the last heartbeat of these loads were so many hours old. */
  public static void heartbeat(ClickHouse admin, int hours, String which) {
    amend(admin, "now64(6, 'UTC') - toIntervalHour(" + hours + ") AS heartbeat_at", which);
  }

  /** Changes what the ledger says of these loads, given as {@code expression AS column, …}. */
  public static void amend(ClickHouse admin, String columns, String which) {
    admin.execute(
        "INSERT INTO store.load_log SELECT * REPLACE (revision + 1 AS revision, "
            + columns
            + ") FROM store.load_log FINAL WHERE "
            + which);
  }

  /** Drops what a sweep with these settings drops. */
  public Sweep.Result sweep(String... settings) {
    try (JobContext job = job(settings)) {
      return job.sweep().run();
    }
  }

  /** Drops all that is neither visible nor kept for a rollback, however young it is. */
  public void sweepAtOnce() {
    sweep("sweep-grace-minutes", "0", "rejected-retention-days", "0");
  }

  /** How many events of a day readers see. */
  public long visibleEvents(LocalDate date) {
    return number("SELECT count() FROM raw.events WHERE event_date = '" + date + "'");
  }

  /** The load of a day that readers see. */
  public long visibleLoad(LocalDate date) {
    return number(
        "SELECT toInt64(argMax(load_id, seq)) FROM ops.publications WHERE event_date = '"
            + date
            + "'");
  }

  /** The status of a load as the ledger shows it. */
  public String ledgerStatus(long loadId) {
    return rows("SELECT status FROM ops.loads WHERE load_id = " + loadId)
        .get(0)
        .getString("status");
  }

  public List<GenericRecord> rows(String sql) {
    return admin.rows(sql);
  }

  public long number(String sql) {
    return admin.number(sql, Map.of());
  }

  /**
   * A checksum of what readers see of a day in a table; equal only for equal rows, in whatever
   * order. Of the rows as text: the hash of a row that holds a NULL would be NULL.
   *
   * @param table logical name
   */
  public String content(String table, LocalDate date) {
    return admin.rows(contentQuery(table, date)).get(0).getString("content");
  }

  /** The checksums of a day in all tables, by logical name; of all in one query. */
  public Map<String, String> contents(LocalDate date) {
    Map<String, String> contents = new TreeMap<>();
    String all =
        Tables.PUBLISHED.stream()
            .map(table -> contentQuery(table.logical(), date))
            .collect(Collectors.joining(" UNION ALL "));
    admin.rows(all).forEach(row -> contents.put(row.getString("name"), row.getString("content")));
    return contents;
  }

  private static String contentQuery(String table, LocalDate date) {
    return String.format(
        Locale.ROOT,
        """
        SELECT '%1$s' AS name,
            toString(count()) || ':' || toString(sum(cityHash64(toString(tuple(*))))) || ':'
                || toString(groupBitXor(sipHash64(toString(tuple(*))))) AS content
        FROM %1$s WHERE event_date = '%2$s'
        """,
        table,
        date);
  }

  @Override
  public void close() {
    s3.close();
    admin.close();
  }

  private String key(LocalDate prefix, String name) {
    return folder + "/dt=" + prefix + "/" + name;
  }
}
