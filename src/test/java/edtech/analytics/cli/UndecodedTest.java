package edtech.analytics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class UndecodedTest {
  private static final String ASCII = "ANSI_X3.4-1968";

  @Test
  void utf8_anyCharacter_isTaken() {
    Map<String, String> environment = Map.of("EDTECH_SUCCESS_VALUES", "réussi,成功");
    assertThat(Undecoded.problems(args("forget", "--user", "Ömer?"), environment, "UTF-8"))
        .isEmpty();
  }

  @Test
  void utf8_bytesThatAreNot_areNamedWithoutTheirValue() {
    Map<String, String> environment = Map.of("CLICKHOUSE_PASSWORD", "p\uFFFD", "OTHER", "\uFFFD");
    assertThat(Undecoded.problems(args("forget", "--user", "\uFFFDmer"), environment, "UTF-8"))
        .containsExactly(
            "argument 3 (--user) is not UTF-8: write it in UTF-8",
            "the variable CLICKHOUSE_PASSWORD is not UTF-8: write it in UTF-8");
  }

  @Test
  void ascii_whatMayHaveBeenAnotherCharacter_isRefused() {
    Map<String, String> environment =
        Map.of("EDTECH_SUCCESS_VALUES", "r\uFFFD\uFFFDussi", "CLICKHOUSE_PASSWORD", "why?");
    assertThat(
            Undecoded.problems(
                args("load", "--set", "success-values=r??ussi", "--user=?mer"), environment, ASCII))
        .containsExactly(
            "argument 3 (success-values) may have lost characters, since this process reads"
                + " ANSI_X3.4-1968: set LC_ALL=C.UTF-8",
            "argument 4 (--user) may have lost characters, since this process reads"
                + " ANSI_X3.4-1968: set LC_ALL=C.UTF-8",
            "the variable EDTECH_SUCCESS_VALUES may have lost characters, since this process reads"
                + " ANSI_X3.4-1968: set LC_ALL=C.UTF-8");
  }

  @Test
  void latin1_lettersThatWereTwoBytes_areRefused() {
    assertThat(Undecoded.problems(args("forget", "--user", "Ã–mer"), Map.of(), "ISO-8859-1"))
        .hasSize(1);
  }

  @Test
  void argumentBehindAnId_isNamedByItsPlaceOnly() {
    assertThat(
            Undecoded.problems(args("forget", "--user", "u-1", "\uFFFDdebug"), Map.of(), "UTF-8"))
        .containsExactly("argument 4 is not UTF-8: write it in UTF-8");
  }

  @Test
  void ascii_plainArguments_areTaken() {
    assertThat(Undecoded.problems(args("load", "--date", "2026-03-01"), Map.of(), ASCII)).isEmpty();
  }

  private static String[] args(String... arguments) {
    return arguments;
  }
}
