package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UtcFoldersTest {
  @ParameterizedTest
  @CsvSource({
    // A quiet hour of 10,000 lines: ten lost and none at the other end is no chance.
    "10, 0, true",
    "9, 0, false",
    "10, 1, false",
    // A usual hour, in which some clocks are wrong.
    "101, 0, true",
    "101, 100, true",
    "100, 1, false",
    // A correct folder has more at its other end than wrong clocks lose.
    "101, 101, false",
    "500, 800, false",
  })
  void linesLostAtOneEnd_andFoundAtTheOther_tellAFolderOfUtcDays(
      long lost, long found, boolean isNoticed) {
    assertThat(UtcFolders.isNoticed(lost, found, 10_000)).isEqualTo(isNoticed);
  }
}
