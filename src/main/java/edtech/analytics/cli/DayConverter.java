package edtech.analytics.cli;

import java.time.DateTimeException;
import java.time.LocalDate;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A day as it is written in {@code dt=}, within the years that events can have. */
final class DayConverter implements ITypeConverter<LocalDate> {
  private static final LocalDate FIRST = LocalDate.of(2000, 1, 1);
  private static final LocalDate LAST = LocalDate.of(2099, 12, 31);

  @Override
  public LocalDate convert(String text) {
    LocalDate day;
    try {
      day = LocalDate.parse(text);
    } catch (DateTimeException e) {
      throw new TypeConversionException("\"" + text + "\" is not a day: write YYYY-MM-DD");
    }
    if (day.isBefore(FIRST) || day.isAfter(LAST)) {
      throw new TypeConversionException(
          "\"" + text + "\" lies outside " + FIRST + " to " + LAST + ", the days events can have");
    }
    return day;
  }
}
