package edtech.analytics.cli;

import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * How far a range is, and how long the rest will take at the pace so far. The first day is left out
 * of the pace: the JVM and Spark start in it.
 */
final class Outlook {
  private final long days;
  private final LongSupplier nanoTime;
  private final long started;

  private long firstFinished;
  private long done;
  private long events;

  Outlook(long days, LongSupplier nanoTime) {
    this.days = days;
    this.nanoTime = nanoTime;
    this.started = nanoTime.getAsLong();
  }

  /**
   * One more day has ended; returns the line for people.
   *
   * @param accepted events of that day
   */
  String finished(long accepted) {
    long now = nanoTime.getAsLong();
    done++;
    events += accepted;
    if (done == 1) {
      firstFinished = now;
    }
    return String.format(
        Locale.ROOT,
        "  %d of %d days, %,d events, %.0f s%s",
        done,
        days,
        events,
        seconds(started, now),
        left(now));
  }

  private String left(long now) {
    if (done == days) {
      return "";
    }
    if (done == 1) {
      return ", estimating the time left";
    }
    double pace = seconds(firstFinished, now) / (done - 1);
    return ", about " + words(Math.round(pace * (days - done))) + " left";
  }

  private static double seconds(long from, long to) {
    return (to - from) / 1e9;
  }

  private static String words(long seconds) {
    if (seconds < 60) {
      return seconds + " s";
    }
    return seconds < 3600
        ? Math.round(seconds / 60.0) + " min"
        : String.format(Locale.ROOT, "%.1f h", seconds / 3600.0);
  }
}
