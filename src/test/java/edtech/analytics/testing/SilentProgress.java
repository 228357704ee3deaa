package edtech.analytics.testing;

import edtech.analytics.load.Progress;
import edtech.analytics.load.Step;
import java.time.LocalDate;

/** Says nothing. */
public class SilentProgress implements Progress {
  @Override
  public void begins(LocalDate date, Step step) {}

  @Override
  public void begins(LocalDate date, Step step, String part) {}

  @Override
  public void failed(Throwable thrown) {}

  @Override
  public void warns(String message) {}
}
