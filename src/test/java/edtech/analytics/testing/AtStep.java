package edtech.analytics.testing;

import edtech.analytics.load.Step;
import java.time.LocalDate;

/** Does something once, as a step or a part of it begins. */
public final class AtStep extends SilentProgress {
  private final Step step;
  private final String part;
  private final Runnable action;
  private boolean isDone;

  public AtStep(Step step, Runnable action) {
    this(step, "", action);
  }

  /**
   * @param part '' = as the step begins
   */
  public AtStep(Step step, String part, Runnable action) {
    this.step = step;
    this.part = part;
    this.action = action;
  }

  @Override
  public void begins(LocalDate date, Step begun) {
    begins(date, begun, "");
  }

  @Override
  public void begins(LocalDate date, Step begun, String begunPart) {
    if (begun == step && begunPart.equals(part) && !isDone) {
      isDone = true;
      action.run();
    }
  }
}
