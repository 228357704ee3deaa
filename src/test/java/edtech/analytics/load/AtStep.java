package edtech.analytics.load;

import java.time.LocalDate;

/** Does something once, as a step begins. */
final class AtStep extends SilentProgress {
  private final Step step;
  private final Runnable action;
  private boolean isDone;

  AtStep(Step step, Runnable action) {
    this.step = step;
    this.action = action;
  }

  @Override
  public void begins(LocalDate date, Step begun) {
    if (begun == step && !isDone) {
      isDone = true;
      action.run();
    }
  }
}
