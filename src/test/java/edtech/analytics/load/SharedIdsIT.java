package edtech.analytics.load;

import static edtech.analytics.testing.Events.event;
import static edtech.analytics.testing.Events.quoted;
import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.ReadBack;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Event ids that several users have, on a day large enough for them to lie in several partitions.
 */
class SharedIdsIT {
  private static final LocalDate DAY = LocalDate.of(2012, 5, 1);
  private static final int EVENTS = 40_000;
  private static final int SHARED = 60;
  private static LocalServices services;

  @BeforeAll
  static void open() {
    services = new LocalServices("shared-ids");
  }

  @AfterAll
  static void close() {
    services.close();
  }

  @Test
  void idsOfSeveralUsers_largeDay_earliestWinsAndEveryTableAgrees() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      lines.add(padded("e" + i, "u" + i % 500, "10:00:00"));
    }
    for (int i = 0; i < SHARED; i++) {
      lines.add(padded("shared" + i, "late" + i, "11:00:00"));
      lines.add(padded("shared" + i, "early" + i, "09:00:00"));
      lines.add(padded("shared" + i, "early" + i, "09:00:00"));
    }
    services.put(DAY, "a.jsonl", lines.toArray(String[]::new));

    LoadReport report = services.load(DAY);

    assertThat(report.load().error()).isEmpty();
    assertThat(ReadBack.text(report.load().counts()))
        .isEqualTo(
            "lines 40180 blank 0 accepted 40060 duplicates 60 rejected 60 other_day 0 late 0"
                + " {'conflicting_duplicate':60}");
    assertThat(services.number("SELECT uniqExact(event_id) FROM raw.events WHERE " + onDay()))
        .isEqualTo(EVENTS + SHARED);
    assertThat(
            services.number(
                "SELECT count() FROM raw.events WHERE user_id LIKE 'late%' AND " + onDay()))
        .isZero();
    assertThat(services.number("SELECT dau FROM marts.daily_activity WHERE " + onDay()))
        .isEqualTo(500 + SHARED);
  }

  private static String onDay() {
    return "event_date = '" + DAY + "'";
  }

  private static String padded(String id, String user, String time) {
    return event(
        quoted(id),
        user,
        "open",
        quoted(DAY + "T" + time + "Z"),
        "\"padding\":\"" + "x".repeat(200) + '"');
  }
}
