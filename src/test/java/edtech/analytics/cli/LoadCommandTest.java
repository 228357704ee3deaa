package edtech.analytics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.clickhouse.store.LineCounts;
import edtech.analytics.clickhouse.store.LoadRecord;
import edtech.analytics.clickhouse.store.LoadStatus;
import edtech.analytics.load.LoadReport;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadCommandTest {
  @ParameterizedTest(name = "the day before {0}, the asked day {1}: {2}")
  @CsvSource({
    "PUBLISHED, PUBLISHED, 0",
    "SKIPPED, SUPERSEDED, 0",
    "HELD, PUBLISHED, 0",
    "HELD, SKIPPED, 0",
    "FAILED, PUBLISHED, 1",
    "PUBLISHED, HELD, 3",
    "HELD, HELD, 3",
    "FAILED, HELD, 1",
    "HELD, FAILED, 1"
  })
  void exitCode_isOfTheAskedDayUnlessAnotherOneFailed(
      LoadStatus before, LoadStatus asked, int code) {
    assertThat(LoadCommand.exitCode(List.of(report(before), report(asked)))).isEqualTo(code);
  }

  private static LoadReport report(LoadStatus status) {
    return new LoadReport(
        new LoadRecord(
            1,
            LocalDate.of(2026, 3, 1),
            status,
            LoadRecord.Source.at("s3a://b/e/dt=2026-03-01/"),
            LineCounts.NONE,
            Map.of(),
            Instant.EPOCH,
            "",
            "test"),
        Map.of());
  }
}
