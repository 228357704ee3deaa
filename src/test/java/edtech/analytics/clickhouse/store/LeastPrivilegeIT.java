package edtech.analytics.clickhouse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.testing.LocalServices;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each user must not be able to do, tried as that user. */
class LeastPrivilegeIT {
  /** Nobody but the administrator. */
  private static final String[] ADMINISTRATION = {
    "CREATE DATABASE privilege_test",
    "DROP DATABASE store",
    "CREATE USER intruder IDENTIFIED BY 'x'",
    "GRANT SELECT ON *.* TO reader",
    "CREATE ROW POLICY OR REPLACE published ON store.* FOR SELECT USING 1 TO reader",
    "CREATE FUNCTION intruder AS (x) -> x",
    "SYSTEM FLUSH LOGS",
    "SYSTEM SHUTDOWN",
    "KILL QUERY WHERE 1",
    "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
    "SELECT * FROM s3('http://127.0.0.1:1/bucket/key', 'LineAsString')",
    "SELECT * FROM remote('127.0.0.1:1', system.one)",
    "SELECT * FROM executable('id', 'LineAsString', 'x String')",
    "SELECT * FROM system.users",
    "SELECT * FROM system.grants",
    "SELECT * FROM system.processes",
    "INSERT INTO FUNCTION file('/tmp/privilege_test', 'LineAsString') SELECT 'x'",
    "DROP TABLE store.raw_events",
    "DROP VIEW raw.events",
    "TRUNCATE TABLE store.raw_events",
    "ALTER TABLE store.raw_events UPDATE user_id = 'x' WHERE 1",
    "ALTER TABLE store.raw_events ADD COLUMN intruder String",
    "ALTER TABLE store.raw_events MODIFY SETTING fsync_after_insert = 0",
    "RENAME TABLE store.raw_events TO store.intruder",
    "CREATE TABLE store.intruder (x UInt8) ENGINE = Memory",
    "CREATE OR REPLACE VIEW raw.events AS SELECT 1",
    "ALTER TABLE ops.publications DELETE WHERE 1",
    "TRUNCATE TABLE ops.publications",
    "DROP TABLE marts.daily_activity"
  };

  private static final String[] LOADER = {
    "CREATE TABLE dbt_work.intruder (x UInt8) ENGINE = MergeTree ORDER BY x",
    "INSERT INTO raw.events (event_id) VALUES ('x')",
    "CREATE TABLE marts.intruder (x UInt8) ENGINE = MergeTree ORDER BY x",
    "CREATE TABLE raw.intruder (x UInt8) ENGINE = MergeTree ORDER BY x",
    "INSERT INTO ops.mart_runs (seq) VALUES (1)",
    "ALTER TABLE store.load_log UPDATE status = 'published' WHERE 1"
  };

  private static final String[] DBT = {
    "SELECT * FROM store.raw_rejected_events",
    "SELECT * FROM raw.rejected_events",
    "SELECT * FROM ops.rejected_events",
    "SELECT * FROM ops.load_objects",
    "CREATE TABLE stage.intruder (x UInt8) ENGINE = MergeTree ORDER BY x",
    "INSERT INTO store.raw_events (event_id) VALUES ('x')",
    "INSERT INTO ops.publications (seq) VALUES (1)",
    "INSERT INTO store.load_log (load_id) VALUES (1)",
    "INSERT INTO marts.daily_activity (dau) VALUES (1)",
    "CREATE TABLE marts.intruder (x UInt8) ENGINE = MergeTree ORDER BY x",
    "CREATE OR REPLACE VIEW marts.daily_activity AS SELECT 1",
    "ALTER TABLE ops.mart_runs DELETE WHERE 1",
    "ALTER TABLE store.raw_events DELETE WHERE 1"
  };

  private static final String[] READER = {
    "SELECT * FROM store.raw_rejected_events",
    "SELECT * FROM store.load_log",
    "SELECT * FROM raw.rejected_events",
    "SELECT * FROM ops.rejected_events",
    "SELECT * FROM ops.schema_versions",
    "SELECT * FROM system.parts",
    "INSERT INTO store.raw_events (event_id) VALUES ('x')",
    "INSERT INTO ops.publications (seq) VALUES (1)",
    "CREATE TABLE stage.intruder (x UInt8) ENGINE = MergeTree ORDER BY x",
    "CREATE TABLE dbt_work.intruder (x UInt8) ENGINE = MergeTree ORDER BY x",
    "CREATE TABLE marts.intruder (x UInt8) ENGINE = MergeTree ORDER BY x",
    "CREATE TABLE runs.intruder (x UInt8) ENGINE = MergeTree ORDER BY x",
    "INSERT INTO ops.mart_runs (seq) VALUES (1)",
    "CREATE TEMPORARY TABLE intruder (x UInt8)",
    "ALTER TABLE store.raw_events DELETE WHERE 1"
  };

  static Stream<Arguments> denied() {
    return Stream.of(
            Map.entry("loader", LOADER), Map.entry("dbt", DBT), Map.entry("reader", READER))
        .flatMap(
            of ->
                Stream.concat(Stream.of(ADMINISTRATION), Stream.of(of.getValue()))
                    .map(statement -> Arguments.of(of.getKey(), statement)));
  }

  private static ClickHouse as(String user) {
    String variable = "CLICKHOUSE_" + user.toUpperCase(Locale.ROOT);
    return LocalServices.connect(variable + "_USER", variable + "_PASSWORD");
  }

  @BeforeAll
  static void createTheTables() {
    try (ClickHouse admin = LocalServices.connect("CLICKHOUSE_USER", "CLICKHOUSE_PASSWORD")) {
      new Schema(admin).apply("test");
    }
  }

  @ParameterizedTest
  @MethodSource
  void denied(String user, String statement) {
    try (ClickHouse server = as(user)) {
      assertThatThrownBy(() -> server.execute(statement))
          .isInstanceOf(ClickHouseException.class)
          .hasMessageContaining("as user " + user + " refused: ")
          .hasMessageContaining("Not enough privileges");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"loader", "dbt", "reader"})
  void oneSnapshotForEachQuery_cannotBeTurnedOff(String user) {
    try (ClickHouse server = as(user)) {
      assertThatThrownBy(
              () -> server.execute("SELECT 1 SETTINGS enable_shared_storage_snapshot_in_query = 0"))
          .hasMessageContaining("should not be changed");
    }
  }

  @Test
  void loadThatIsNotPublished_isHiddenFromTheReaderInTheStoreItself() {
    String row =
        "INSERT INTO store.marts_daily_activity (event_date, load_id, dau) VALUES ('2035-02-01', 7, 1)";
    String count = "SELECT count() FROM store.marts_daily_activity WHERE event_date = '2035-02-01'";
    try (ClickHouse loader = as("loader");
        ClickHouse reader = as("reader")) {
      loader.execute(row);
      try {
        assertThat(loader.number(count, Map.of())).isEqualTo(1);
        assertThat(reader.number(count, Map.of())).isZero();
      } finally {
        loader.execute("ALTER TABLE store.marts_daily_activity DROP PARTITION ('2035-02-01', 7)");
      }
    }
  }
}
