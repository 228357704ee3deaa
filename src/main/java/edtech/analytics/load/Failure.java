package edtech.analytics.load;

import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.config.SettingsException;
import edtech.analytics.input.InputRefusedException;
import edtech.analytics.input.ReadFailedException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Turns an exception into the message for the person who ran the command. */
public final class Failure {
  /** Control and format characters (those that turn the direction of text, too), line ends. */
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

  private Failure() {}

  /** One line: what happened, where, and what to do. */
  public static String message(Throwable thrown) {
    Throwable last = thrown;
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (isOurs(cause)) {
        return oneLine(cause.getMessage());
      }
      last = cause;
    }
    return oneLine(
        last.getClass().getSimpleName()
            + ": "
            + last.getMessage()
            + " (run again with --debug for the stack trace)");
  }

  private static boolean isOurs(Throwable thrown) {
    return thrown instanceof LoadFailedException
        || thrown instanceof InputRefusedException
        || thrown instanceof ReadFailedException
        || thrown instanceof ClickHouseException
        || thrown instanceof SettingsException;
  }

  private static String oneLine(String text) {
    return printable(String.valueOf(text).strip().replaceAll("\\s*\\R\\s*", " "));
  }

  /**
   * The text with control and format characters written as U+XXXX. Names of objects and values come
   * from outside: they must neither start a line of a log nor control a terminal.
   */
  public static String printable(String text) {
    return UNPRINTABLE
        .matcher(text)
        .replaceAll(found -> String.format(Locale.ROOT, "<U+%04X>", found.group().codePointAt(0)));
  }
}
