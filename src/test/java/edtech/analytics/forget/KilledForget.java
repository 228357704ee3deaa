package edtech.analytics.forget;

import edtech.analytics.load.Step;
import edtech.analytics.testing.KilledLoad;
import edtech.analytics.testing.ReadyDriver;
import edtech.analytics.testing.SilentProgress;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * A driver that kills itself with SIGKILL while it forgets users. It is told user, step and part
 * for each: one forget begins when the one before has reached its part, where it stays, and when
 * the last one has, all of them die.
 */
final class KilledForget extends SilentProgress {
  private final String step;
  private final String part;
  private final CountDownLatch reached = new CountDownLatch(1);

  private KilledForget(String step, String part) {
    this.step = step;
    this.part = part;
  }

  public static void main(String[] none) throws InterruptedException {
    ReadyDriver.Told told = ReadyDriver.Told.await();
    List<String> arguments = told.arguments();
    for (int i = 0; i < arguments.size(); i += 3) {
      String user = arguments.get(i);
      KilledForget forget = new KilledForget(arguments.get(i + 1), arguments.get(i + 2));
      new Thread(() -> forget.run(told, user), "forget").start();
      forget.reached.await();
    }
    KilledLoad.kill();
  }

  private void run(ReadyDriver.Told told, String user) {
    try {
      System.out.println(new Forget(told.job(Map.of()), this).run(user).text());
    } catch (RuntimeException e) {
      e.printStackTrace();
    }
    System.exit(1);
  }

  @Override
  public void begins(LocalDate date, Step now, String nowPart) {
    if (now.name().equals(step) && nowPart.equals(part)) {
      reached.countDown();
      KilledLoad.stay();
    }
  }

  @Override
  public void failed(Throwable thrown) {
    thrown.printStackTrace();
  }
}
