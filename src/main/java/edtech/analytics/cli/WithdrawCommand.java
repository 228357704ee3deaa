package edtech.analytics.cli;

import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.job.JobContext;
import edtech.analytics.load.Withdrawal;
import java.time.LocalDate;
import picocli.CommandLine.Command;

@Command(
    name = "withdraw",
    description = "Takes a day out of view that should not be published; rollback brings it back.",
    mixinStandardHelpOptions = true)
final class WithdrawCommand extends DayCommand {
  @Override
  String run(JobContext job, LocalDate date) {
    Publication before = new Withdrawal(job).run(date);
    return date
        + " is withdrawn: rollback shows load "
        + before.loadId()
        + " again, --force loads it anew; run dbt for the history marts";
  }
}
