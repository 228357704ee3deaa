package edtech.analytics.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import edtech.analytics.clickhouse.store.LineCounts;
import edtech.analytics.clickhouse.store.LoadRecord;
import edtech.analytics.clickhouse.store.LoadStatus;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How a load ended: the ledger's record and the seconds of each step.
 *
 * @param secondsByStep in the order of the steps; steps not reached are absent
 */
public record LoadReport(LoadRecord load, Map<String, Double> secondsByStep) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** Whether the day now shows what its objects hold. */
  public boolean isVisible() {
    return load.status().isVisible();
  }

  /** Whether the day waits for somebody to look at it: trying again changes nothing. */
  public boolean isHeld() {
    return load.status() == LoadStatus.HELD;
  }

  /** The summary in one line. */
  public String line() {
    LineCounts counts = load.counts();
    String head =
        String.format(Locale.ROOT, "%s  %-9s  %6.1f s", load.date(), load.status(), seconds());
    if (!load.error().isEmpty()) {
      return head + "  " + load.error();
    }
    return load.status() == LoadStatus.SKIPPED
        ? head + "  unchanged since it was published"
        : head
            + String.format(
                Locale.ROOT,
                "  accepted %,d  duplicates %,d  rejected %,d",
                counts.accepted(),
                counts.duplicates(),
                counts.rejected());
  }

  /** Human-readable summary. */
  public String text() {
    LineCounts counts = load.counts();
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s  %s  load %d  %d objects, %.1f MB, %.1f s%n",
            load.date(),
            load.status(),
            load.loadId(),
            load.source().objects(),
            load.source().bytes() / 1e6,
            seconds()));
    if (load.status() == LoadStatus.SKIPPED) {
      return text.append("  unchanged since it was published; --force loads it again\n").toString();
    }
    if (!load.error().isEmpty()) {
      text.append("  ").append(load.error()).append('\n');
    }
    text.append(
        String.format(
            Locale.ROOT,
            "  lines %,d = accepted %,d + duplicates %,d + rejected %,d + blank %,d%s%s%n",
            counts.linesRead() + counts.late(),
            counts.accepted(),
            counts.duplicates(),
            counts.rejected(),
            counts.blankLines(),
            counts.ignored() == 0
                ? ""
                : String.format(Locale.ROOT, " + ignored %,d", counts.ignored()),
            counts.otherDay() + counts.late() == 0
                ? ""
                : String.format(
                    Locale.ROOT,
                    " + other days %,d (late events taken from other days: %,d)",
                    counts.otherDay(),
                    counts.late())));
    append(text, "rejected", counts.rejectedByReason());
    append(text, "rows    ", load.rowsByTable());
    StringBuilder steps = new StringBuilder("  seconds ");
    secondsByStep.forEach(
        (step, seconds) -> steps.append(String.format(Locale.ROOT, " %s %.2f", step, seconds)));
    return text.append(steps).append('\n').toString();
  }

  /** The same as JSON. */
  public String json() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("event_date", load.date().toString());
    all.put("load_id", load.loadId());
    all.put("status", load.status().toString());
    all.put("source_uri", load.source().uri());
    all.put("source_objects", load.source().objects());
    all.put("source_bytes", load.source().bytes());
    all.put("source_fingerprint", load.source().fingerprint());
    all.put("lines_read", load.counts().linesRead());
    all.put("blank_lines", load.counts().blankLines());
    all.put("ignored", load.counts().ignored());
    all.put("accepted", load.counts().accepted());
    all.put("duplicates", load.counts().duplicates());
    all.put("rejected", load.counts().rejected());
    all.put("other_day", load.counts().otherDay());
    all.put("late", load.counts().late());
    all.put("rejected_by_reason", load.counts().rejectedByReason());
    all.put("rows_by_table", load.rowsByTable());
    all.put("seconds_by_step", secondsByStep);
    all.put("started_at", load.startedAt().toString());
    all.put("error", load.error());
    all.put("job_version", load.jobVersion());
    try {
      return JSON.writeValueAsString(all);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private double seconds() {
    return secondsByStep.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  private static void append(StringBuilder text, String title, Map<String, Long> counts) {
    if (counts.isEmpty()) {
      return;
    }
    text.append("  ").append(title);
    counts.forEach((name, n) -> text.append(String.format(Locale.ROOT, "  %s %,d", name, n)));
    text.append('\n');
  }
}
