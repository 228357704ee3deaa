package edtech.analytics.cli;

import edtech.analytics.job.JobContext;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "init",
    description = "Creates the tables and views, or brings them up to date. Any number of times.",
    mixinStandardHelpOptions = true)
final class InitCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Override
  public Integer call() {
    try (JobContext job = common.openServer()) {
      job.createReplicas();
      job.schema().apply(JobContext.jobVersion());
      Set<String> replicas = job.replicas().all();
      common
          .out()
          .println(
              "schema is current at "
                  + job.url()
                  + (replicas.isEmpty() ? "" : ", replicas " + String.join(", ", replicas)));
    }
    return 0;
  }
}
