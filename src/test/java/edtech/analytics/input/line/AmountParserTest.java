package edtech.analytics.input.line;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmountParserTest {

  private static final Pattern JSON_NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0, 0",
    "-0.00, 0",
    "0e999999999, 0",
    "0.000000, 0",
    "1, 100",
    "9.99, 999",
    "-9.99, -999",
    "1.5, 150",
    "1.500, 150",
    "1e2, 10000",
    "1E+2, 10000",
    "1e-2, 1",
    "100e-4, 1",
    "0.01, 1",
    "0.010, 1",
    "0.00001e3, 1",
    "12.34e1, 12340",
    "1200e-2, 1200",
    "100.00, 10000",
    "999999999999.99, 99999999999999",
    "-999999999999.99, -99999999999999",
    "99999999999999e-2, 99999999999999",
    "999999999999.990000000000000000000000, 99999999999999",
    "1000000000000e-1, 10000000000000",
    "1e11, 10000000000000"
  })
  void amount_isItsCents(String text, long cents) {
    assertThat(AmountParser.cents(text)).isEqualTo(cents);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1000000",
    "-0.000001, -1",
    "2.5000000, 2500000",
    "1e-6, 1",
    "999999999999.999999, 999999999999999999",
    "1e11, 100000000000000000"
  })
  void number_isItsMillionths(String text, long millionths) {
    assertThat(AmountParser.millionths(text)).isEqualTo(millionths);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0000001", "1e-7", "1e12", "-1000000000000", "1,5", " 1", "1.", "0x1"})
  void numberOfTooManyDigits_orNone_isNoMillionths(String text) {
    assertThat(AmountParser.millionths(text)).isEqualTo(AmountParser.NOT_AN_AMOUNT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "abc",
        "NaN",
        "Infinity",
        "-Infinity",
        "-",
        "+1",
        "--1",
        ".5",
        "5.",
        "1.e2",
        "1e",
        "1e+",
        "1e-",
        "01",
        "00",
        "-01.5",
        "1 ",
        " 1",
        "1,50",
        "1_000",
        "1.2.3",
        "0x10",
        "1f",
        "1d",
        "$1",
        "1e2e3",
        "1e2.5",
        "0.001",
        "1.005",
        "-0.009",
        "1e-3",
        "0.1e-2",
        "1000000000000",
        "-1000000000000",
        "1e12",
        "10e11",
        "0.1e13",
        "999999999999.991",
        "999999999999.995",
        "1000000000000.00",
        "1e999999999",
        "-1e999999999",
        "1e-999999999",
        "1e99999999999999999999999999",
        "1e-99999999999999999999999999",
        "123456789012345678901",
        "٣",
        "１",
        "1٫5",
        "−1"
      })
  void otherText_isNotAnAmount(String text) {
    assertThat(AmountParser.cents(text)).isEqualTo(AmountParser.NOT_AN_AMOUNT);
  }

  @Test
  void longDigits_areReadInTimeLinearInTheirLength() {
    String zeros = "0".repeat(900_000);
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(2),
        () -> {
          assertThat(AmountParser.cents("1." + zeros)).isEqualTo(100);
          assertThat(AmountParser.cents("1" + zeros + "e-900000")).isEqualTo(100);
          assertThat(AmountParser.cents("0." + zeros + "1e900001")).isEqualTo(100);
          assertThat(AmountParser.cents("1" + zeros)).isEqualTo(AmountParser.NOT_AN_AMOUNT);
          assertThat(AmountParser.cents("0." + zeros + "1")).isEqualTo(AmountParser.NOT_AN_AMOUNT);
          assertThat(AmountParser.cents("7".repeat(900_000))).isEqualTo(AmountParser.NOT_AN_AMOUNT);
        });
  }

  @Test
  void randomText_isReadAsBigDecimalDoes() {
    Random random = new Random(17);
    String alphabet = "00001123459..-eE+";
    for (int n = 0; n < 500_000; n++) {
      StringBuilder text = new StringBuilder();
      int length = 1 + random.nextInt(18);
      for (int i = 0; i < length; i++) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      assertThat(AmountParser.cents(text.toString()))
          .as(text.toString())
          .isEqualTo(expected(text.toString()));
    }
  }

  private static long expected(String text) {
    if (!JSON_NUMBER.matcher(text).matches()) {
      return AmountParser.NOT_AN_AMOUNT;
    }
    BigDecimal value;
    try {
      value = new BigDecimal(text).stripTrailingZeros();
    } catch (NumberFormatException exponentTooLong) {
      boolean isZero = text.split("[eE]")[0].matches("[-0.]*");
      return isZero ? 0 : AmountParser.NOT_AN_AMOUNT;
    }
    boolean tooLarge = value.precision() - (long) value.scale() > 12;
    return value.signum() != 0 && (value.scale() > 2 || tooLarge)
        ? AmountParser.NOT_AN_AMOUNT
        : value.movePointRight(2).longValueExact();
  }
}
