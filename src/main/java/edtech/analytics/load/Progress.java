package edtech.analytics.load;

import java.time.LocalDate;

/** Is told what a load does while it runs. */
public interface Progress {
  /** A step begins. */
  void begins(LocalDate date, Step step);

  /** A part of the running step begins, such as one table. */
  void begins(LocalDate date, Step step, String part);

  /** Something was thrown; what it means for the load is told elsewhere. */
  void failed(Throwable thrown);

  /** Something to look at that does not change the outcome. */
  void warns(String message);
}
