package edtech.analytics.load;

import java.time.LocalDate;

/** Says nothing. */
class SilentProgress implements Progress {
  @Override
  public void begins(LocalDate date, Step step) {}

  @Override
  public void begins(LocalDate date, Step step, String part) {}

  @Override
  public void failed(Throwable thrown) {}

  @Override
  public void warns(String message) {}
}
