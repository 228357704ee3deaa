package edtech.analytics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DayRangesTest {
  @Test
  void noDay_text_isEmpty() {
    assertThat(DayRanges.text(List.of())).isEmpty();
  }

  @Test
  void daysInARow_text_namesFirstAndLast() {
    assertThat(text("2034-02-28", "2034-03-01", "2034-03-02"))
        .isEqualTo("2034-02-28 to 2034-03-02");
  }

  @Test
  void daysApart_text_namesEach() {
    assertThat(text("2034-01-01", "2034-01-03", "2034-01-04", "2034-01-06"))
        .isEqualTo("2034-01-01, 2034-01-03 to 2034-01-04, 2034-01-06");
  }

  private static String text(String... days) {
    return DayRanges.text(Stream.of(days).map(LocalDate::parse).toList());
  }
}
