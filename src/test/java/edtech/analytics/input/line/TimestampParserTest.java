package edtech.analytics.input.line;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampParserTest {

  @ParameterizedTest
  @CsvSource({
    "946684800, 946684800000000",
    "0946684800, 946684800000000",
    "4102444799, 4102444799000000",
    "946684800000, 946684800000000",
    "1772352000123, 1772352000123000",
    "4102444799999, 4102444799999000",
    "946684800000000, 946684800000000",
    "4102444799999999, 4102444799999999",
    "946684800000000000, 946684800000000",
    "1772352000123456999, 1772352000123456",
    "4102444799999999999, 4102444799999999",
    "2026-03-01T08:00:00Z, 1772352000000000"
  })
  void otherSourcesTime_mayCountInAnyUnit(String text, long micros) {
    assertThat(TimestampParser.parseAny(text)).isEqualTo(micros);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "-1772352000",
        "946684799",
        "4102444800",
        "946684799999",
        "4102444800000",
        "946684799999999",
        "4102444800000000",
        "946684799999999999",
        "4102444800000000000",
        "9223372036854775807",
        "9999999999999999999",
        "17723520001234569990"
      })
  void otherSourcesDigits_inNoUnitOfTheRange_areOutOfIt(String digits) {
    assertThat(TimestampParser.isInRange(TimestampParser.parseAny(digits))).isFalse();
    assertThat(TimestampParser.parseAny(digits)).isNotEqualTo(TimestampParser.NOT_A_DATE_TIME);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", "1772352000.5", "+1772352000", "1772352000 ", "١٧٧٢٣٥٢٠٠٠"})
  void otherSourcesText_thatIsNeither_isNoDateTime(String text) {
    assertThat(TimestampParser.parseAny(text)).isEqualTo(TimestampParser.NOT_A_DATE_TIME);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-03-01T10:00:00Z, 2026-03-01T10:00:00Z",
    "2026-03-01 10:00:00Z, 2026-03-01T10:00:00Z",
    "2026-03-01T10:00:00, 2026-03-01T10:00:00Z",
    "2026-03-01T10:00:00.1, 2026-03-01T10:00:00.1Z",
    "2026-03-01T10:00:00.123456Z, 2026-03-01T10:00:00.123456Z",
    "2026-03-01T10:00:00.123456999Z, 2026-03-01T10:00:00.123456Z",
    "2026-03-01T10:00:00.000000999Z, 2026-03-01T10:00:00Z",
    "2026-03-01T10:00:00+02:00, 2026-03-01T08:00:00Z",
    "2026-03-01T10:00:00-0530, 2026-03-01T15:30:00Z",
    "2026-03-01T10:00:00.5+18:00, 2026-02-28T16:00:00.5Z",
    "2026-03-01T10:00:00-18:00, 2026-03-02T04:00:00Z",
    "2026-03-01T10:00:00-00:00, 2026-03-01T10:00:00Z",
    "2024-02-29T23:59:59Z, 2024-02-29T23:59:59Z",
    "2000-02-29T00:00:00Z, 2000-02-29T00:00:00Z",
    "0000-01-01T00:00:00Z, 0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z, 9999-12-31T23:59:59.999999Z"
  })
  void dateTime_isTheInstant(String text, Instant expected) {
    assertThat(TimestampParser.parse(text))
        .isEqualTo(expected.getEpochSecond() * 1_000_000 + expected.getNano() / 1000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2026-03-01",
        "10:00:00",
        "2026-03-01T10:00",
        "2026-03-01T10:00Z",
        "2026-03-01t10:00:00Z",
        "2026-03-01T10:00:00z",
        "2026-03-01  10:00:00",
        "2026-03-01_10:00:00",
        "2026/03/01T10:00:00",
        "2026-3-01T10:00:00Z",
        "2026-03-01T10:00:60Z",
        "2026-03-01T10:60:00Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T10.00.00Z",
        "2026-03-01T10:00.00Z",
        "2026-02-29T10:00:00Z",
        "2100-02-29T10:00:00Z",
        "2026-02-30T10:00:00Z",
        "2026-04-31T10:00:00Z",
        "2026-00-01T10:00:00Z",
        "2026-13-01T10:00:00Z",
        "2026-03-00T10:00:00Z",
        "2026-03-32T10:00:00Z",
        "2026-03-01T10:00:00.",
        "2026-03-01T10:00:00.Z",
        "2026-03-01T10:00:00,5Z",
        "2026-03-01T10:00:00.1234567890Z",
        "2026-03-01T10:00:00+2",
        "2026-03-01T10:00:00+02",
        "2026-03-01T10:00:00+02:0",
        "2026-03-01T10:00:00+02:000",
        "2026-03-01T10:00:00+0:200",
        "2026-03-01T10:00:00+02-00",
        "2026-03-01T10:00:00+18:01",
        "2026-03-01T10:00:00+1801",
        "2026-03-01T10:00:00-19:00",
        "2026-03-01T10:00:00+02:60",
        "2026-03-01T10:00:00 +02:00",
        "2026-03-01T10:00:00 Z",
        "2026-03-01T10:00:00ZZ",
        "2026-03-01T10:00:00Z ",
        " 2026-03-01T10:00:00Z",
        "2026-03-01T10:00:00UTC",
        "2026-03-01T10:00:00[UTC]",
        "2026-03-01T10:00:00Z[UTC]",
        "+2026-03-01T10:00:00Z",
        "-026-03-01T10:00:00Z",
        "12026-03-01T10:00:00Z",
        "2026-03-01T+1:00:00Z",
        "٢٠٢٦-03-01T10:00:00Z",
        "2026-03-01T10:00:00.१Z",
        "2026-W09-7T10:00:00Z",
        "1772359200000"
      })
  void otherText_isNotADateTime(String text) {
    assertThat(TimestampParser.parse(text)).isEqualTo(TimestampParser.NOT_A_DATE_TIME);
  }

  @Test
  void randomDateTimes_areReadAsJavaTimeDoes() {
    Random random = new Random(5);
    for (int n = 0; n < 100_000; n++) {
      LocalDateTime time =
          LocalDateTime.ofEpochSecond(
              random.nextLong(946_684_800L, 4_102_444_800L), 0, ZoneOffset.UTC);
      String text = time.toString().length() == 16 ? time + ":00" : time.toString();
      assertThat(TimestampParser.parse(text))
          .isEqualTo(time.toEpochSecond(ZoneOffset.UTC) * 1_000_000);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1999-12-31T23:59:59.999999Z, false",
    "2000-01-01T00:00:00Z, true",
    "2000-01-01T00:00:00+01:00, false",
    "1999-12-31T23:00:00-01:00, true",
    "2099-12-31T23:59:59.999999999Z, true",
    "2100-01-01T00:00:00Z, false",
    "2100-01-01T00:30:00+01:00, true"
  })
  void range_isThatOfTheInstantInUtc(String text, boolean expected) {
    assertThat(TimestampParser.isInRange(TimestampParser.parse(text))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "946684799999, false",
    "946684800000, true",
    "4102444799999, true",
    "4102444800000, false",
    "0, false",
    "-0, false",
    "-1, false",
    "1772359200, false",
    "999999999999999, false",
    "9999999999999999, false",
    "9223372036854775807, false",
    "9223372036854775808, false",
    "-99999999999999999999999999999, false",
    "18446744073709551616000001772359200000, false"
  })
  void millis_areInRangeWhenTheInstantIs(String millis, boolean expected) {
    assertThat(TimestampParser.isInRange(TimestampParser.fromMillis(millis))).isEqualTo(expected);
  }

  @Test
  void millis_becomeMicros() {
    assertThat(TimestampParser.fromMillis("1772359200123")).isEqualTo(1_772_359_200_123_000L);
  }
}
