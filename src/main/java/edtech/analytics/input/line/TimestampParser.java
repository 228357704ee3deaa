package edtech.analytics.input.line;

import java.time.Instant;
import java.time.LocalDate;
import java.time.Month;
import java.time.Year;

/**
 * Timestamps. The contract's: {@code YYYY-MM-DD[T ]hh:mm:ss[.f{1,9}][Z or ±hh:mm or ±hhmm]}, or
 * epoch milliseconds; and those of other sources, which may count in other units. Hand-written,
 * since every event passes here. Results are epoch microseconds in UTC.
 */
final class TimestampParser {

  /** Stands for text that is not a date-time. */
  static final long NOT_A_DATE_TIME = Long.MIN_VALUE;

  private static final long FIRST = micros("2000-01-01T00:00:00Z");
  private static final long AFTER_LAST = micros("2100-01-01T00:00:00Z");
  private static final long OUT_OF_RANGE = Long.MAX_VALUE;
  // Two more than the range needs, and few enough for a thousandfold to fit.
  private static final int MAX_MILLIS_CHARS = 15;
  private static final int MAX_NANOS_CHARS = 19;

  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final int SECONDS_PER_DAY = 86_400;
  private static final int DATE_TIME_CHARS = 19;
  private static final int MAX_FRACTION_DIGITS = 9;
  private static final int MAX_OFFSET_SECONDS = 18 * 3600;
  private static final int INVALID = Integer.MIN_VALUE;

  private TimestampParser() {}

  /** Whether the instant, seen in UTC, lies in the years 2000 to 2099. */
  static boolean isInRange(long micros) {
    return micros >= FIRST && micros < AFTER_LAST;
  }

  /** Digits as JSON writes an integer, of any number; far too many give some value out of range. */
  static long fromMillis(CharSequence integer) {
    int length = integer.length();
    return length > MAX_MILLIS_CHARS ? OUT_OF_RANGE : Long.parseLong(integer, 0, length, 10) * 1000;
  }

  /**
   * What {@link #parse} knows, and digits that count seconds, milli-, micro- or nanoseconds since
   * the epoch: in the years that are in range, no two of these have the same number of digits.
   */
  static long parseAny(CharSequence text) {
    int first = text.length() > 0 && text.charAt(0) == '-' ? 1 : 0;
    for (int i = first; i < text.length(); i++) {
      if (!isDigit(text.charAt(i))) {
        return parse(text);
      }
    }
    return text.length() == first ? NOT_A_DATE_TIME : fromEpoch(text, first);
  }

  private static long fromEpoch(CharSequence integer, int first) {
    if (first > 0 || integer.length() > MAX_NANOS_CHARS) {
      return OUT_OF_RANGE;
    }
    long value = Long.parseUnsignedLong(integer, 0, integer.length(), 10);
    if (value < 0 || value >= AFTER_LAST) {
      return Long.divideUnsigned(value, 1000);
    }
    long microsPerUnit = MICROS_PER_SECOND;
    while (value >= AFTER_LAST / microsPerUnit) {
      microsPerUnit /= 1000;
    }
    return value * microsPerUnit;
  }

  /** Fractions beyond microseconds are cut; text without a zone is in UTC. */
  static long parse(CharSequence text) {
    if (text.length() < DATE_TIME_CHARS) {
      return NOT_A_DATE_TIME;
    }
    int day = epochDay(text);
    int second = secondOfDay(text);
    int fractionEnd = fractionEnd(text);
    int offset = fractionEnd == INVALID ? INVALID : offsetSeconds(text, fractionEnd);
    if (day == INVALID || second == INVALID || offset == INVALID) {
      return NOT_A_DATE_TIME;
    }
    long seconds = (long) day * SECONDS_PER_DAY + second - offset;
    return seconds * MICROS_PER_SECOND + microsOfFraction(text, fractionEnd);
  }

  private static int epochDay(CharSequence text) {
    int year = number(text, 0, 4);
    int month = number(text, 5, 2);
    int day = number(text, 8, 2);
    if (year < 0 || month < 1 || month > 12 || text.charAt(4) != '-' || text.charAt(7) != '-') {
      return INVALID;
    }
    if (day < 1 || day > Month.of(month).length(Year.isLeap(year))) {
      return INVALID;
    }
    return (int) LocalDate.of(year, month, day).toEpochDay();
  }

  private static int secondOfDay(CharSequence text) {
    char separator = text.charAt(10);
    int hour = number(text, 11, 2);
    int minute = number(text, 14, 2);
    int second = number(text, 17, 2);
    boolean shaped =
        (separator == 'T' || separator == ' ') && text.charAt(13) == ':' && text.charAt(16) == ':';
    boolean valid = hour >= 0 && hour < 24 && isSixtieth(minute) && isSixtieth(second);
    return shaped && valid ? hour * 3600 + minute * 60 + second : INVALID;
  }

  /** Where the zone begins. */
  private static int fractionEnd(CharSequence text) {
    if (text.length() == DATE_TIME_CHARS || text.charAt(DATE_TIME_CHARS) != '.') {
      return DATE_TIME_CHARS;
    }
    int end = DATE_TIME_CHARS + 1;
    while (end < text.length() && isDigit(text.charAt(end))) {
      end++;
    }
    int digits = end - DATE_TIME_CHARS - 1;
    return digits >= 1 && digits <= MAX_FRACTION_DIGITS ? end : INVALID;
  }

  private static int microsOfFraction(CharSequence text, int fractionEnd) {
    int micros = 0;
    int unit = 100_000;
    for (int i = DATE_TIME_CHARS + 1; i < fractionEnd; i++) {
      micros += (text.charAt(i) - '0') * unit;
      unit /= 10;
    }
    return micros;
  }

  private static int offsetSeconds(CharSequence text, int from) {
    int length = text.length() - from;
    if (length == 0) {
      return 0;
    }
    char sign = text.charAt(from);
    if (sign == 'Z') {
      return length == 1 ? 0 : INVALID;
    }
    boolean colon = length == 6 && text.charAt(from + 3) == ':';
    if ((sign != '+' && sign != '-') || (length != 5 && !colon)) {
      return INVALID;
    }
    int hours = number(text, from + 1, 2);
    int minutes = number(text, from + (colon ? 4 : 3), 2);
    int seconds = hours * 3600 + minutes * 60;
    if (hours < 0 || !isSixtieth(minutes) || seconds > MAX_OFFSET_SECONDS) {
      return INVALID;
    }
    return sign == '-' ? -seconds : seconds;
  }

  private static boolean isSixtieth(int value) {
    return value >= 0 && value < 60;
  }

  /** A number of exactly so many ASCII digits, or -1. */
  private static int number(CharSequence text, int from, int digits) {
    int value = 0;
    for (int i = from; i < from + digits; i++) {
      char c = text.charAt(i);
      if (!isDigit(c)) {
        return -1;
      }
      value = value * 10 + (c - '0');
    }
    return value;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static long micros(String instant) {
    return Instant.parse(instant).toEpochMilli() * 1000;
  }
}
