package edtech.analytics.testing;

import edtech.analytics.load.Step;
import java.time.LocalDate;

/** Does something once, as a step begins. */
public final class AtStep extends SilentProgress {
  private final Step step;
  private final Runnable action;
  private boolean isDone;

  public AtStep(Step step, Runnable action) {
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
