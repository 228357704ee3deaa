package edtech.analytics.testing;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.clickhouse.Connection;
import edtech.analytics.clickhouse.store.Schema;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Servers that are replicas of each other, which somebody has started: {@code CLICKHOUSE_REPLICAS}
 * names their addresses, {@code REPLICAS_USER} and {@code REPLICAS_PASSWORD} an administrator,
 * {@code REPLICAS_CLUSTER} their cluster, '' = that of the database. Loads have the rights of
 * {@code REPLICAS_LOADER_USER} where it is set, and an administrator's elsewhere. {@code
 * REPLICA_STOP} and {@code REPLICA_START} are commands that take the number of a server, from 1 on;
 * without them, none is killed.
 */
public final class ReplicaServers implements AutoCloseable {
  private static final Map<String, String> ENVIRONMENT = System.getenv();
  private static final String CLUSTER = "main";

  private final List<String> urls = urls();
  private final List<ClickHouse> servers = new ArrayList<>();

  /** Brings the schema to them. */
  public ReplicaServers() {
    for (String url : urls) {
      ClickHouse server = connect(url);
      servers.add(server);
      new Schema(server).createReplicatedDatabases(CLUSTER);
    }
    new Schema(servers.get(0)).apply("test");
    servers.forEach(server -> server.catchUp("ops.schema_versions"));
  }

  /** Whether there are any. */
  public static boolean areThere() {
    return urls().size() > 1;
  }

  /** Whether users with fewer rights are there. */
  public static boolean hasUser(String name) {
    return !ENVIRONMENT.getOrDefault("REPLICAS_" + name + "_USER", "").isEmpty();
  }

  private static String variable(String name, String what) {
    return "REPLICAS_" + (hasUser(name) ? name + "_" : "") + what;
  }

  /** Whether they can be killed. */
  public static boolean canBeKilled() {
    return ENVIRONMENT.containsKey("REPLICA_STOP") && ENVIRONMENT.containsKey("REPLICA_START");
  }

  private static List<String> urls() {
    return Arrays.stream(ENVIRONMENT.getOrDefault("CLICKHOUSE_REPLICAS", "").split(","))
        .filter(url -> !url.isBlank())
        .toList();
  }

  /** Connects as the administrator. */
  public static ClickHouse connect(String url) {
    return connect(url, "");
  }

  /**
   * @param name LOADER or READER; '' = the administrator
   */
  public static ClickHouse connect(String url, String name) {
    return new ClickHouse(
        new Connection(
            url,
            ENVIRONMENT.get(variable(name, "USER")),
            ENVIRONMENT.getOrDefault(variable(name, "PASSWORD"), ""),
            10,
            120,
            3));
  }

  /** The environment of a command that talks to a server with the rights of a load. */
  public static Map<String, String> environment(String url) {
    return Map.of(
        "CLICKHOUSE_URL",
        url,
        "CLICKHOUSE_USER",
        ENVIRONMENT.get(variable("LOADER", "USER")),
        "CLICKHOUSE_PASSWORD",
        ENVIRONMENT.getOrDefault(variable("LOADER", "PASSWORD"), ""),
        "EDTECH_CLICKHOUSE_CLUSTER",
        ENVIRONMENT.getOrDefault("REPLICAS_CLUSTER", ""));
  }

  public int count() {
    return urls.size();
  }

  /**
   * @param number from 1 on
   */
  public ClickHouse server(int number) {
    return servers.get(number - 1);
  }

  /**
   * @param number from 1 on
   */
  public String url(int number) {
    return urls.get(number - 1);
  }

  /** The settings of a job that finds the servers at these addresses. */
  public static String[] settings(String addresses, String... more) {
    return Stream.concat(
            Stream.of(
                "clickhouse.url",
                addresses,
                "clickhouse.cluster",
                ENVIRONMENT.getOrDefault("REPLICAS_CLUSTER", ""),
                "clickhouse.user",
                ENVIRONMENT.get(variable("LOADER", "USER")),
                "clickhouse.password",
                "env:" + variable("LOADER", "PASSWORD")),
            Arrays.stream(more))
        .toArray(String[]::new);
  }

  /** Keeps a server from taking rows of the store that others have written, until it may again. */
  public void hinder(int number, boolean isHindered) {
    for (Table table : Tables.PUBLISHED) {
      server(number)
          .execute(
              "SYSTEM "
                  + (isHindered ? "STOP" : "START")
                  + " REPLICATION QUEUES "
                  + table.physical());
    }
  }

  /**
   * Lets tables of the store that are opened from now on, and those that are made of them, fetch so
   * many bytes a second at most; a server that is started anew opens them all.
   *
   * @param bytes 0 = without limit
   */
  public void limitFetches(int number, long bytes) {
    for (Table table : Tables.PUBLISHED) {
      server(1)
          .execute(
              "ALTER TABLE "
                  + table.physical()
                  + " MODIFY SETTING max_replicated_fetches_network_bandwidth = "
                  + bytes);
    }
    kill(number);
    start(number);
  }

  /** SIGKILL. */
  public void kill(int number) {
    run("REPLICA_STOP", number);
  }

  /** Starts it where it does not run; it takes rows when this returns. */
  public void start(int number) {
    if (!takesRows(number)) {
      run("REPLICA_START", number);
    }
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (!takesRows(number)) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("server " + number + " takes no rows");
      }
      LockSupport.parkNanos(200_000_000);
    }
  }

  private boolean takesRows(int number) {
    String tables = "SELECT countIf(NOT is_readonly) FROM system.replicas WHERE database = 'store'";
    try {
      return server(number).number(tables, Map.of()) > Tables.PUBLISHED.size();
    } catch (ClickHouseException starting) {
      return false;
    }
  }

  private static void run(String command, int number) {
    try {
      int code =
          new ProcessBuilder("bash", "-c", ENVIRONMENT.get(command) + " " + number)
              .inheritIO()
              .start()
              .waitFor();
      if (code != 0) {
        throw new IllegalStateException(command + " ended with " + code);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    servers.forEach(ClickHouse::close);
  }
}
