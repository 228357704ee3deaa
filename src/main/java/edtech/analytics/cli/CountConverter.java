package edtech.analytics.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A whole number of at least 1. */
final class CountConverter implements ITypeConverter<Long> {
  @Override
  public Long convert(String text) {
    try {
      long number = Long.parseLong(text);
      if (number >= 1) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new TypeConversionException("\"" + text + "\" must be a whole number of at least 1");
  }
}
