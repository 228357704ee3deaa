package edtech.analytics.load;

import static org.assertj.core.api.Assertions.assertThat;

import edtech.analytics.clickhouse.store.LineCounts;
import edtech.analytics.clickhouse.store.LoadRecord;
import edtech.analytics.clickhouse.store.LoadStatus;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadReportTest {
  private static final LineCounts COUNTS =
      new LineCounts(
          1_234_567,
          1,
          0,
          1_234_500,
          50,
          16,
          0,
          0,
          new TreeMap<>(Map.of("malformed_json", 15L, "missing_field", 1L)));

  @Test
  void published_text_hasEveryCount() {
    assertThat(report(LoadStatus.PUBLISHED, COUNTS, "").text())
        .isEqualTo(
            String.join(
                "\n",
                "2026-01-02  published  load 42  3 objects, 2.5 MB, 1.8 s",
                "  lines 1,234,567 = accepted 1,234,500 + duplicates 50 + rejected 16 + blank 1",
                "  rejected  malformed_json 15  missing_field 1",
                "  rows      raw.events 1,234,500",
                "  seconds  list 0.25 write 1.50",
                ""));
  }

  @Test
  void lateEvents_text_hasBothSides() {
    LineCounts late = new LineCounts(10, 0, 0, 9, 0, 0, 4, 3, Map.of());
    assertThat(report(LoadStatus.PUBLISHED, late, "").text())
        .contains(
            "  lines 13 = accepted 9 + duplicates 0 + rejected 0 + blank 0 + other days 4 (late"
                + " events taken from other days: 3)\n");
  }

  @Test
  void ignoredLines_areATermOfTheirOwn() {
    LineCounts ignored = new LineCounts(10, 1, 4, 5, 0, 0, 0, 0, Map.of());
    LoadReport report = report(LoadStatus.PUBLISHED, ignored, "");
    assertThat(report.text())
        .contains("  lines 10 = accepted 5 + duplicates 0 + rejected 0 + blank 1 + ignored 4\n");
    assertThat(report.json()).contains("\"ignored\" : 4,");
  }

  @Test
  void skipped_text_saysWhy() {
    assertThat(report(LoadStatus.SKIPPED, LineCounts.NONE, "").text())
        .isEqualTo(
            "2026-01-02  skipped  load 42  3 objects, 2.5 MB, 1.8 s\n"
                + "  unchanged since it was published; --force loads it again\n");
  }

  @Test
  void failed_text_hasTheError() {
    assertThat(report(LoadStatus.FAILED, LineCounts.NONE, "no line below x").text())
        .startsWith("2026-01-02  failed  load 42  3 objects, 2.5 MB, 1.8 s\n  no line below x\n");
  }

  @ParameterizedTest
  @CsvSource({
    "PUBLISHED, true",
    "SKIPPED, true",
    "SUPERSEDED, true",
    "FAILED, false",
    "HELD, false",
    "RUNNING, false"
  })
  void isVisible_tellsWhetherTheDayShowsItsObjects(LoadStatus status, boolean visible) {
    assertThat(report(status, COUNTS, "").isVisible()).isEqualTo(visible);
  }

  private static LoadReport report(LoadStatus status, LineCounts counts, String error) {
    Map<String, Long> rows =
        counts.equals(COUNTS) ? Map.of("raw.events", counts.accepted()) : Map.of();
    Map<String, Double> seconds = new LinkedHashMap<>();
    seconds.put("list", 0.25);
    seconds.put("write", 1.5);
    return new LoadReport(
        new LoadRecord(
            42,
            LocalDate.of(2026, 1, 2),
            status,
            new LoadRecord.Source("s3a://b/e/dt=2026-01-02/", 3, 2_500_000, "f"),
            counts,
            rows,
            Instant.EPOCH,
            error,
            "1"),
        seconds);
  }
}
