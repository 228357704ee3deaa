package edtech.analytics.clickhouse.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.clickhouse.client.api.query.GenericRecord;
import edtech.analytics.clickhouse.ClickHouse;
import edtech.analytics.testing.LocalServices;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A query takes the snapshots of its tables one after the other. Here they lie far apart, while
 * loads of a day are published one after the other, each of ten users.
 */
class SnapshotOrderIT {
  private static final String DAY = "2036-01-01";
  private static final int POLLS = 4;

  private static ClickHouse admin;

  @BeforeAll
  static void open() {
    admin = LocalServices.connect("CLICKHOUSE_USER", "CLICKHOUSE_PASSWORD");
    new Schema(admin).apply("test");
    admin.execute(
        "CREATE OR REPLACE VIEW staging.control SQL SECURITY INVOKER AS SELECT event_date, user_id"
            + " FROM store.staging_user_day WHERE "
            + Schema.PUBLISHED);
  }

  @AfterAll
  static void close() {
    admin.execute("DROP VIEW staging.control SYNC");
    admin.execute("ALTER TABLE ops.publications DELETE WHERE event_date = '" + DAY + "'");
    admin.close();
  }

  @Test
  void loadsPublishedBetweenSnapshots_areWholeInTheViews_andNotWithoutTheOrder() throws Exception {
    AtomicBoolean isOver = new AtomicBoolean();
    Thread publisher = new Thread(() -> publishUntil(isOver), "publisher");
    publisher.start();
    try {
      while (admin.number(users("staging.user_day"), Map.of()) == 0) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
      int partial = 0;
      int partialControls = 0;
      for (int poll = 0; poll < POLLS; poll++) {
        partial += isWhole("staging.user_day", "marts.daily_activity") ? 0 : 1;
        partialControls += isWhole("staging.control", "marts.daily_activity") ? 0 : 1;
      }
      assertThat(partial).isZero();
      assertThat(partialControls).as("this test sees partial loads").isPositive();
    } finally {
      isOver.set(true);
      publisher.join();
    }
  }

  @Test
  void filterByDay_readsTheParts_ofTheVisibleLoadOnly() {
    for (int load = 1; load <= 3; load++) {
      publish(load);
    }
    String plan =
        admin.rows("EXPLAIN indexes = 1 " + users("staging.user_day")).stream()
            .map(row -> row.getString(1))
            .collect(Collectors.joining("\n"));
    Matcher parts = Pattern.compile("Parts: (\\d+)/(\\d+)").matcher(plan);
    assertThat(parts.find()).as(plan).isTrue();
    assertThat(Integer.parseInt(parts.group(1))).as(plan).isEqualTo(1);
    assertThat(Integer.parseInt(parts.group(2))).as(plan).isGreaterThan(2);
  }

  private static void publishUntil(AtomicBoolean isOver) {
    Publications publications = LocalServices.publications(admin);
    while (!isOver.get()) {
      publish(publications.nextSeq());
    }
  }

  private static void publish(long load) {
    admin.execute(
        "INSERT INTO store.staging_user_day (event_date, user_id, load_id) SELECT '"
            + DAY
            + "', toString(number), "
            + load
            + " FROM numbers(10)");
    admin.execute(
        "INSERT INTO store.marts_daily_activity (event_date, dau, load_id) VALUES ('"
            + DAY
            + "', 10, "
            + load
            + ")");
    admin.execute(
        "INSERT INTO ops.publications (event_date, seq, load_id) VALUES ('"
            + DAY
            + "', "
            + load
            + ", "
            + load
            + ")");
  }

  private static boolean isWhole(String users, String activity) {
    List<GenericRecord> rows =
        admin.rows(
            "SELECT toInt64(("
                + users(users)
                + ")) AS users, toInt64((SELECT sum(dau) FROM "
                + activity
                + " WHERE event_date = '"
                + DAY
                + "')) AS dau SETTINGS merge_tree_storage_snapshot_sleep_ms = 200");
    return rows.get(0).getLong("users") == 10 && rows.get(0).getLong("dau") == 10;
  }

  private static String users(String table) {
    return "SELECT count() FROM " + table + " WHERE event_date = '" + DAY + "'";
  }
}
