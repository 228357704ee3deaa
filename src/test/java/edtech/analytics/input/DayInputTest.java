package edtech.analytics.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class DayInputTest {
  @Test
  void fingerprint_settingsOrQueriesChange_isAnother() {
    DayInput input = new DayInput(LocalDate.of(2026, 3, 1), List.of(), List.of());
    String fingerprint = input.fingerprint("currency=USD", "SELECT 1");
    assertThat(input.fingerprint("currency=USD", "SELECT 1")).isEqualTo(fingerprint);
    assertThat(input.fingerprint("currency=USD", "SELECT 2")).isNotEqualTo(fingerprint);
    assertThat(input.fingerprint("currency=EUR", "SELECT 1")).isNotEqualTo(fingerprint);
  }
}
