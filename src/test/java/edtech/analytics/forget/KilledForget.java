package edtech.analytics.forget;

import edtech.analytics.load.Progress;
import edtech.analytics.load.Step;
import edtech.analytics.testing.KilledLoad;
import edtech.analytics.testing.ReadyDriver;
import edtech.analytics.testing.SilentProgress;
import java.time.LocalDate;
import java.util.Map;

/** A forget that kills itself with SIGKILL when it reaches a part. It is told user, step, part. */
final class KilledForget {
  private KilledForget() {}

  public static void main(String[] none) {
    ReadyDriver.Told told = ReadyDriver.Told.await();
    Progress progress =
        new SilentProgress() {
          @Override
          public void begins(LocalDate date, Step now, String part) {
            if (now.name().equals(told.arguments().get(1))
                && part.equals(told.arguments().get(2))) {
              KilledLoad.kill();
            }
          }

          @Override
          public void failed(Throwable thrown) {
            thrown.printStackTrace();
          }
        };
    System.out.println(
        new Forget(told.job(Map.of()), progress).run(told.arguments().get(0)).text());
  }
}
