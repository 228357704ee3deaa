package edtech.analytics.cli;

import com.clickhouse.client.api.query.GenericRecord;
import edtech.analytics.clickhouse.Publication;
import edtech.analytics.clickhouse.Publications;
import edtech.analytics.load.JobContext;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "status",
    description = "Shows which days are published, which are missing, and the last loads.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Option(
      names = "--loads",
      paramLabel = "N",
      defaultValue = "10",
      description = "how many of the last loads; default: ${DEFAULT-VALUE}")
  private int loads;

  @Override
  public Integer call() {
    try (JobContext job = common.open()) {
      job.schema().requireCurrent();
      List<Publication> visible = new Publications(job.server()).visible();
      printDays(visible);
      printLoads(job);
    }
    return 0;
  }

  private static void printDays(List<Publication> visible) {
    if (visible.isEmpty()) {
      System.out.println("no day is published yet");
      return;
    }
    LocalDate first = visible.get(0).date();
    LocalDate last = visible.get(visible.size() - 1).date();
    System.out.printf("published: %d days, %s to %s%n", visible.size(), first, last);
    List<String> gaps = new ArrayList<>();
    LocalDate expected = first;
    for (Publication day : visible) {
      if (day.date().isAfter(expected)) {
        LocalDate end = day.date().minusDays(1);
        gaps.add(end.equals(expected) ? end.toString() : expected + " to " + end);
      }
      expected = day.date().plusDays(1);
    }
    System.out.println("missing:   " + (gaps.isEmpty() ? "none" : String.join(", ", gaps)));
    List<String> held =
        visible.stream()
            .filter(Publication::isHeld)
            .map(day -> day.date() + " at load " + day.loadId())
            .toList();
    if (!held.isEmpty()) {
      System.out.println("held:      " + String.join(", ", held) + " (rolled back)");
    }
  }

  private void printLoads(JobContext job) {
    List<GenericRecord> rows =
        job.server()
            .rows(
                "SELECT formatDateTime(started_at, '%F %T', 'UTC') AS started, toString(event_date)"
                    + " AS day, status, toString(load_id) AS id, toInt64(accepted) AS accepted,"
                    + " toInt64(rejected) AS rejected, error FROM ops.loads ORDER BY started_at DESC"
                    + " LIMIT {n:UInt32}",
                Map.of("n", loads));
    System.out.println("last loads (UTC):");
    for (GenericRecord row : rows) {
      System.out.printf(
          "  %s  %s  %-10s  %s  accepted %,d  rejected %,d  %s%n",
          row.getString("started"),
          row.getString("day"),
          row.getString("status"),
          row.getString("id"),
          row.getLong("accepted"),
          row.getLong("rejected"),
          row.getString("error"));
    }
  }
}
