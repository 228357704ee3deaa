package edtech.analytics.input.line;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventDaysTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UTC",
        "+05:30",
        "Europe/Berlin",
        "America/New_York",
        "America/Sao_Paulo",
        "Africa/Cairo",
        "Asia/Kolkata",
        "Asia/Gaza",
        "Africa/Casablanca",
        "Pacific/Apia",
        "Australia/Lord_Howe"
      })
  void randomInstants_haveTheDateOfJavaTime(String name) {
    ZoneId zone = ZoneId.of(name);
    EventDays days = new EventDays(zone);
    Random random = new Random(13);
    for (int n = 0; n < 30_000; n++) {
      long second = random.nextLong(946_684_800L, 4_102_444_800L);
      // Instants near midnight and near changes of the clocks, which lie on whole hours.
      long near = second / 3600 * 3600 + random.nextInt(-1, 2);
      long expected = LocalDate.ofInstant(Instant.ofEpochSecond(near), zone).toEpochDay();
      assertThat(days.epochDay(near * 1_000_000)).isEqualTo((int) expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"})
  void instantOfAChangeOfTheClocks_hasTheOffsetAfterIt(String text) {
    ZoneId zone = ZoneId.of("Europe/Berlin");
    Instant instant = Instant.parse(text);
    assertThat(new EventDays(zone).epochDay(instant.toEpochMilli() * 1000))
        .isEqualTo((int) LocalDate.ofInstant(instant, zone).toEpochDay());
  }
}
