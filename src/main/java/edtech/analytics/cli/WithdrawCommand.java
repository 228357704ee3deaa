package edtech.analytics.cli;

import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.job.JobContext;
import edtech.analytics.load.Withdrawal;
import java.time.LocalDate;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "withdraw",
    description = "Takes a day out of view that should not be published; rollback brings it back.",
    mixinStandardHelpOptions = true)
final class WithdrawCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Option(names = "--date", required = true, paramLabel = "YYYY-MM-DD", description = "the day")
  private LocalDate date;

  @Override
  public Integer call() {
    try (JobContext job = common.openServer()) {
      job.schema().requireCurrent();
      Publication before = new Withdrawal(job).run(date);
      common
          .out()
          .printf(
              Locale.ROOT,
              "%s is withdrawn: rollback shows load %d again, --force loads it anew; run dbt for"
                  + " the history marts%n",
              date,
              before.loadId());
    }
    return 0;
  }
}
