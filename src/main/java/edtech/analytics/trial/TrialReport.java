package edtech.analytics.trial;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a trial found, for a terminal of 120 columns. */
public final class TrialReport {
  private static final int COLUMNS = 120;
  private static final int MOST_TYPES = 40;
  private static final int MOST_PATHS = 200;

  private final SourceTrial trial;
  private final StringBuilder text = new StringBuilder();

  public TrialReport(SourceTrial trial) {
    this.trial = trial;
  }

  /** The first lines with what they became, then what all lines have in common. */
  public String text() {
    samples();
    outcomes();
    types();
    measures();
    paths();
    return text.toString();
  }

  private void samples() {
    int number = 1;
    for (SourceTrial.Sample sample : trial.samples()) {
      line("%3d  %s", number++, sample.line());
      line("     -> %s", sample.outcome());
      sample.fields().forEach((column, value) -> line("        %-16s %s", column, value));
    }
    if (trial.lines() > trial.samples().size()) {
      line("     … and %,d more lines", trial.lines() - trial.samples().size());
    }
  }

  private void outcomes() {
    line("");
    line("%,d lines end as", trial.lines());
    mostFirst(trial.outcomes())
        .forEach(entry -> line("%,10d  %s", entry.getValue(), entry.getKey()));
    if (!trial.days().isEmpty()) {
      line("");
      line("events by date in day.timezone");
      trial.days().forEach((day, events) -> line("%,10d  %s", events, day));
    }
  }

  private void types() {
    if (trial.kindsByType().isEmpty()) {
      return;
    }
    line("");
    line("events by event_type and kind");
    List<Map.Entry<String, Long>> all =
        mostFirst(
            trial.kindsByType().entrySet().stream()
                .flatMap(
                    type ->
                        type.getValue().entrySet().stream()
                            .map(
                                kind ->
                                    Map.entry(
                                        String.format(
                                            Locale.ROOT, "%-40s %s", type.getKey(), kind.getKey()),
                                        kind.getValue())))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    all.stream().limit(MOST_TYPES).forEach(e -> line("%,10d  %s", e.getValue(), e.getKey()));
    if (all.size() > MOST_TYPES) {
      line("            … and %,d more types", all.size() - MOST_TYPES);
    }
  }

  private void measures() {
    if (trial.kindsByType().isEmpty()) {
      return;
    }
    line("");
    line("events with a value of each dimension, events that count for each metric");
    trial.eventsByDimension().forEach((name, events) -> line("%,10d  %s", events, name));
    trial
        .eventsByMetric()
        .forEach(
            (name, counts) ->
                line(
                    "%,10d  %s%s",
                    counts[0],
                    name,
                    counts[1] == 0
                        ? ""
                        : String.format(Locale.ROOT, ", %,d of them without a number", counts[1])));
  }

  private void paths() {
    Map<String, SeenPaths.Seen> seen = trial.paths().byPath();
    if (seen.isEmpty()) {
      return;
    }
    line("");
    line("paths in the lines, with an example of each");
    seen.entrySet().stream()
        .limit(MOST_PATHS)
        .forEach(
            path ->
                line(
                    "%,10d  %-40s %s",
                    path.getValue().lines(), path.getKey(), path.getValue().example()));
    if (seen.size() > MOST_PATHS || trial.paths().isFull()) {
      line(
          "            … and %s%,d more",
          trial.paths().isFull() ? "over " : "", seen.size() - MOST_PATHS);
    }
  }

  private static List<Map.Entry<String, Long>> mostFirst(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .toList();
  }

  /** A line without what would move the cursor, cut at the edge of the terminal. */
  private void line(String format, Object... values) {
    String line =
        String.format(Locale.ROOT, format, values).replaceAll("\\p{Cntrl}", " ").stripTrailing();
    int length = line.codePointCount(0, line.length());
    text.append(
            length <= COLUMNS
                ? line
                : line.substring(0, line.offsetByCodePoints(0, COLUMNS - 1)) + "…")
        .append('\n');
  }
}
