package edtech.analytics.forget;

import edtech.analytics.config.SettingsReader;
import edtech.analytics.job.JobContext;
import edtech.analytics.load.Progress;
import edtech.analytics.load.Step;
import edtech.analytics.testing.KilledLoad;
import edtech.analytics.testing.LocalServices;
import edtech.analytics.testing.SilentProgress;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;

/** A forget that kills itself with SIGKILL when it reaches a part: arguments user, step, part. */
final class KilledForget {
  private KilledForget() {}

  public static void main(String[] arguments) {
    Map<String, String> environment = LocalServices.loaderEnvironment();
    JobContext job =
        new JobContext(
            SettingsReader.readForServer(
                Optional.empty(),
                environment,
                Map.of("clickhouse.password", "env:CLICKHOUSE_LOADER_PASSWORD")),
            environment);
    Progress progress =
        new SilentProgress() {
          @Override
          public void begins(LocalDate date, Step now, String part) {
            if (now.name().equals(arguments[1]) && part.equals(arguments[2])) {
              KilledLoad.kill();
            }
          }

          @Override
          public void failed(Throwable thrown) {
            thrown.printStackTrace();
          }
        };
    System.out.println(new Forget(job, progress).run(arguments[0]).text());
  }
}
