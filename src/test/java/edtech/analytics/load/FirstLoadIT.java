package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.testing.LocalServices;
import java.time.LocalDate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FirstLoadIT {
  private static final LocalDate DAY = LocalDate.of(2020, 1, 1);
  private static LocalServices services;

  @BeforeAll
  static void open() {
    services = new LocalServices("first-load");
  }

  @AfterAll
  static void close() {
    services.close();
  }

  @Test
  void oneEvent_load_isPublished() {
    services.put(
        DAY,
        "a.jsonl",
        "{\"event_id\":\"e1\",\"user_id\":\"u1\",\"event_type\":\"open\",\"event_timestamp\":\"2020-01-01T10:00:00Z\"}");
    LoadReport report = services.load(DAY);
    assertThat(report.load().error()).isEmpty();
    assertThat(report.load().status()).hasToString("published");
    assertThat(services.number("SELECT count() FROM raw.events WHERE event_date = '2020-01-01'"))
        .isEqualTo(1);
  }
}
