package edtech.analytics.load;

import edtech.analytics.clickhouse.store.LineCounts;
import edtech.analytics.clickhouse.store.LoadStatus;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * The outcome of a run of load or backfill, as gauges in the text format of Prometheus, for the
 * textfile collector of its node exporter. A load ends before anybody could scrape it, and Spark's
 * own sinks end with it. Counts are sums over the days of the run that staged or published
 * something.
 */
public final class LoadMetrics {
  /** How a load can end. */
  private static final List<LoadStatus> ENDS =
      List.of(
          LoadStatus.PUBLISHED,
          LoadStatus.SKIPPED,
          LoadStatus.SUPERSEDED,
          LoadStatus.HELD,
          LoadStatus.FAILED);

  private final Path file;

  /**
   * @param file '' = none is written
   */
  public LoadMetrics(String file) {
    this.file = file.isEmpty() ? null : Path.of(file);
  }

  /**
   * Replaces the file as a whole; a collector sees the last run or this one.
   *
   * @param days days that the run was to load
   * @param reports of those that it came to; the others count as failed
   */
  public void write(List<LocalDate> days, List<LoadReport> reports) throws IOException {
    if (file == null) {
      return;
    }
    // The collector does not read files of this suffix.
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try (OutputStream out = Files.newOutputStream(next)) {
      PrometheusTextFormatWriter.create().write(out, snapshots(days, reports));
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static MetricSnapshots snapshots(List<LocalDate> days, List<LoadReport> reports) {
    Map<String, Double> byStatus = new LinkedHashMap<>();
    ENDS.forEach(status -> byStatus.put(status.toString(), 0.0));
    reports.forEach(report -> byStatus.merge(report.load().status().toString(), 1.0, Double::sum));
    byStatus.merge(
        LoadStatus.FAILED.toString(), (double) days.size() - reports.size(), Double::sum);
    Map<String, Double> lines = new LinkedHashMap<>();
    lines.put("accepted", sum(reports, LineCounts::accepted));
    lines.put("duplicate", sum(reports, LineCounts::duplicates));
    lines.put("rejected", sum(reports, LineCounts::rejected));
    lines.put("blank", sum(reports, LineCounts::blankLines));
    lines.put("ignored", sum(reports, LineCounts::ignored));
    lines.put("other_day", sum(reports, LineCounts::otherDay));
    Map<String, Double> reasons = new TreeMap<>();
    Map<String, Double> rows = new TreeMap<>();
    Map<String, Double> seconds = new LinkedHashMap<>();
    for (LoadReport report : reports) {
      add(reasons, report.load().counts().rejectedByReason());
      add(rows, report.load().rowsByTable());
      report.secondsByStep().forEach((step, s) -> seconds.merge(step, s, Double::sum));
    }
    LocalDate last = days.get(days.size() - 1);
    return new MetricSnapshots(
        gauge("edtech_load_days", "Days of the last run by how they ended.", "status", byStatus),
        gauge("edtech_load_lines", "Lines of the last run by how they ended.", "outcome", lines),
        gauge("edtech_load_rejected_lines", "Rejected lines by reason.", "reason", reasons),
        gauge("edtech_load_rows", "Rows staged by table.", "table", rows),
        seconds("edtech_load_step_seconds", "Seconds spent by step.", "step", seconds),
        seconds(
            "edtech_load_day_timestamp_seconds",
            "Start of the last day of the last run, as if its zone were UTC.",
            "",
            Map.of("", (double) last.atStartOfDay(ZoneOffset.UTC).toEpochSecond())),
        seconds(
            "edtech_load_finished_timestamp_seconds",
            "When the last run ended.",
            "",
            Map.of("", Instant.now().toEpochMilli() / 1000.0)));
  }

  private static double sum(List<LoadReport> reports, ToLongFunction<LineCounts> count) {
    return reports.stream().mapToLong(r -> count.applyAsLong(r.load().counts())).sum();
  }

  private static void add(Map<String, Double> sums, Map<String, Long> counts) {
    counts.forEach((name, n) -> sums.merge(name, (double) n, Double::sum));
  }

  private static GaugeSnapshot gauge(
      String name, String help, String label, Map<String, Double> values) {
    return builder(name, help, label, values).build();
  }

  private static GaugeSnapshot seconds(
      String name, String help, String label, Map<String, Double> values) {
    return builder(name, help, label, values).unit(Unit.SECONDS).build();
  }

  private static GaugeSnapshot.Builder builder(
      String name, String help, String label, Map<String, Double> values) {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
    List<GaugeDataPointSnapshot> points = new ArrayList<>();
    values.forEach(
        (key, value) ->
            points.add(
                GaugeDataPointSnapshot.builder()
                    .labels(label.isEmpty() ? Labels.EMPTY : Labels.of(label, key))
                    .value(value)
                    .build()));
    points.forEach(gauge::dataPoint);
    return gauge;
  }
}
