package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.SampleDay;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** When a day that is published already is published again. */
class PublicationIT {
  /** Stays as it is in S3, and in all that a load makes of it. */
  private static final LocalDate SAME = LocalDate.of(2031, 1, 1);

  /** Of each test that changes its objects, they are published when it ends. */
  private static final LocalDate CHANGING = LocalDate.of(2031, 1, 2);

  private static LocalServices services;

  @BeforeAll
  static void open() {
    services = new LocalServices("publication");
    publish(SAME);
    publish(CHANGING);
  }

  @AfterAll
  static void close() {
    services.close();
  }

  @Test
  void unchangedDay_loadedAgain_isSkippedAndInTheLedger() {
    long before = publications(SAME);
    LoadReport again = services.load(SAME);
    assertThat(again.load().status()).hasToString("skipped");
    assertThat(again.isVisible()).isTrue();
    assertThat(again.text()).contains("unchanged since it was published; --force loads it again");
    assertThat(services.ledgerStatus(again.load().loadId())).isEqualTo("skipped");
    assertThat(publications(SAME)).isEqualTo(before);
  }

  @Test
  void settingThatChangesNoResult_loadedAgain_isSkipped() {
    assertThat(services.load(SAME, "clickhouse.batch-rows", "7", "keep-loads", "5").load().status())
        .hasToString("skipped");
  }

  @Test
  void unchangedDay_forced_isPublishedWithTheSameContent() {
    long before = publications(SAME);
    String content = services.content("raw.events", SAME);
    LoadReport again = services.load(SAME, LoadMode.FORCED);
    assertThat(again.load().status()).hasToString("published");
    assertThat(publications(SAME)).isEqualTo(before + 1);
    assertThat(services.content("raw.events", SAME)).isEqualTo(content).startsWith("20:");
  }

  @Test
  void publishedDay_publicationRow_holdsTheCountOfEveryTable() {
    for (String table :
        List.of(
            "events",
            "purchases",
            "task_results",
            "sessions",
            "ab_test_assignments",
            "rejected_events")) {
      long rows = services.number("SELECT count() FROM raw." + table + of(SAME));
      assertThat(rows).as(table).isPositive();
      assertThat(
              services.number(
                  "SELECT toInt64(argMax(rows['raw."
                      + table
                      + "'], seq)) FROM ops.publications"
                      + of(SAME)))
          .as(table)
          .isEqualTo(rows);
    }
  }

  @Test
  void changedObject_loadedAgain_isPublished() {
    services.clear(CHANGING);
    services.put(CHANGING, "a.jsonl", SampleDay.lines(CHANGING, "b", 30));
    LoadReport again = services.load(CHANGING);
    assertThat(again.load().status()).hasToString("published");
    assertThat(services.ledgerStatus(again.load().loadId())).isEqualTo("published");
    assertThat(services.visibleEvents(CHANGING)).isEqualTo(30);
  }

  @Test
  void addedObject_loadedAgain_isPublished() {
    long before = services.visibleEvents(CHANGING);
    services.put(CHANGING, "b.jsonl", SampleDay.lines(CHANGING, "c", 40));
    assertThat(services.load(CHANGING).load().status()).hasToString("published");
    assertThat(services.visibleEvents(CHANGING)).isEqualTo(before + 40);
  }

  @Test
  void settingThatChangesResults_loadedAgain_isPublished() {
    LocalDate day = LocalDate.of(2031, 1, 3);
    publish(day);
    LoadReport again = services.load(day, "success-values", "pass");
    assertThat(again.load().status()).hasToString("published");
    assertThat(services.number("SELECT countIf(is_success) FROM raw.task_results" + of(day)))
        .isZero();
  }

  private static void publish(LocalDate day) {
    services.put(day, "a.jsonl", SampleDay.lines(day, "a", 20));
    LoadReport report = services.load(day);
    assertThat(report.load().status()).as(report.text()).hasToString("published");
  }

  private static long publications(LocalDate day) {
    return services.number("SELECT count() FROM ops.publications" + of(day));
  }

  private static String of(LocalDate day) {
    return " WHERE event_date = '" + day + "'";
  }
}
