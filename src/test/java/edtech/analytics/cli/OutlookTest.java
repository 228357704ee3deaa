package edtech.analytics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OutlookTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong now = new AtomicLong(5 * SECOND);

  @Test
  void timeLeft_firstDayStartsSpark_isThatOfTheLaterDays() {
    Outlook outlook = new Outlook(4, now::get);
    assertThat(finished(outlook, 40))
        .isEqualTo("  1 of 4 days, 1,500 events, 40 s, estimating the time left");
    assertThat(finished(outlook, 4)).isEqualTo("  2 of 4 days, 3,000 events, 44 s, about 8 s left");
    assertThat(finished(outlook, 6)).isEqualTo("  3 of 4 days, 4,500 events, 50 s, about 5 s left");
    assertThat(finished(outlook, 6)).isEqualTo("  4 of 4 days, 6,000 events, 56 s");
  }

  @Test
  void timeLeft_long_isInMinutesAndHours() {
    Outlook outlook = new Outlook(600, now::get);
    finished(outlook, 1);
    assertThat(finished(outlook, 1)).endsWith(", about 10 min left");
    assertThat(finished(outlook, 29)).endsWith(", about 2.5 h left");
  }

  @Test
  void oneDay_hasNoTimeLeft() {
    assertThat(finished(new Outlook(1, now::get), 9)).isEqualTo("  1 of 1 days, 1,500 events, 9 s");
  }

  private String finished(Outlook outlook, long seconds) {
    now.addAndGet(seconds * SECOND);
    return outlook.finished(1500);
  }
}
