package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.clickhouse.store.LineCounts;
import edtech.analytics.clickhouse.store.LoadRecord;
import edtech.analytics.clickhouse.store.LoadStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadMetricsTest {
  private static final LocalDate DAY = LocalDate.of(2026, 3, 1);

  @TempDir private Path folder;

  @Test
  void run_write_hasEachCountAndLeavesOneFile() throws IOException {
    Path file = folder.resolve("edtech.prom");
    Files.writeString(file, "what was there before");
    new LoadMetrics(file.toString())
        .write(
            List.of(DAY, DAY.plusDays(1), DAY.plusDays(2)),
            List.of(report(LoadStatus.PUBLISHED, 90), report(LoadStatus.HELD, 10)));
    assertThat(folder).isDirectoryNotContaining("glob:**.next");
    assertThat(Files.readAllLines(file))
        .contains(
            "# TYPE edtech_load_days gauge",
            "edtech_load_days{status=\"published\"} 1.0",
            "edtech_load_days{status=\"held\"} 1.0",
            "edtech_load_days{status=\"skipped\"} 0.0",
            // The run did not come to the third day.
            "edtech_load_days{status=\"failed\"} 1.0",
            "edtech_load_lines{outcome=\"accepted\"} 100.0",
            "edtech_load_lines{outcome=\"rejected\"} 4.0",
            "edtech_load_lines{outcome=\"ignored\"} 6.0",
            "edtech_load_rejected_lines{reason=\"malformed_json\"} 4.0",
            "edtech_load_rows{table=\"raw.events\"} 100.0",
            "edtech_load_step_seconds{step=\"list\"} 0.5",
            "edtech_load_day_timestamp_seconds 1.772496E9")
        .anyMatch(line -> line.matches("edtech_load_finished_timestamp_seconds \\d[.]\\d+E9"));
  }

  @Test
  void noFile_write_doesNothing() throws IOException {
    new LoadMetrics("").write(List.of(DAY), List.of());
    assertThat(folder).isEmptyDirectory();
  }

  private static LoadReport report(LoadStatus status, long accepted) {
    return new LoadReport(
        new LoadRecord(
            1,
            DAY,
            status,
            new LoadRecord.Source("s3a://b/e/dt=2026-03-01/", 1, 1, "f"),
            new LineCounts(accepted + 5, 0, 3, accepted, 0, 2, 0, 0, Map.of("malformed_json", 2L)),
            Map.of("raw.events", accepted),
            Instant.EPOCH,
            "",
            "test"),
        Map.of("list", 0.25));
  }
}
