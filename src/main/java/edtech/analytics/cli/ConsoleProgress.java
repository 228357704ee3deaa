package edtech.analytics.cli;

import edtech.analytics.load.Progress;
import edtech.analytics.load.Step;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.util.Locale;

/** Prints each step as it begins, with the seconds since the start; of a range, only warnings. */
final class ConsoleProgress implements Progress {
  private final PrintWriter out;
  private final Detail detail;
  private final boolean isDebug;
  private final long started = System.nanoTime();

  /** What is printed. */
  enum Detail {
    STEPS,
    WARNINGS
  }

  ConsoleProgress(PrintWriter out, Detail detail, boolean isDebug) {
    this.detail = detail;
    this.out = out;
    this.isDebug = isDebug;
  }

  @Override
  public void begins(LocalDate date, Step step) {
    print(date, step, step.description());
  }

  @Override
  public void begins(LocalDate date, Step step, String part) {
    print(date, step, step.key() + " " + part);
  }

  @Override
  public void failed(Throwable thrown) {
    if (isDebug) {
      thrown.printStackTrace(out);
    }
  }

  @Override
  public void warns(String message) {
    out.println("warning: " + message);
  }

  private synchronized void print(LocalDate date, Step step, String what) {
    if (detail == Detail.WARNINGS) {
      return;
    }
    out.printf(
        Locale.ROOT,
        "%s  step %2d/%d  %6.1f s  %s%n",
        date,
        step.number(),
        Step.values().length,
        (System.nanoTime() - started) / 1e9,
        what);
    out.flush();
  }
}
