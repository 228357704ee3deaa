package edtech.analytics.cli;

import edtech.analytics.clickhouse.ClickHouseException;
import edtech.analytics.clickhouse.store.Erasures;
import edtech.analytics.clickhouse.store.LoadLog;
import edtech.analytics.clickhouse.store.LoadRecord;
import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.clickhouse.store.Replicas;
import edtech.analytics.job.JobContext;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "status",
    description = "Shows which days are published, which are missing, and the last loads.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  /** How long to wait for what other replicas know. */
  private static final int PATIENCE_SECONDS = 10;

  @Mixin private CommonOptions common;

  @Option(
      names = "--loads",
      paramLabel = "N",
      defaultValue = "10",
      converter = CountConverter.class,
      description = "how many of the last loads; default: ${DEFAULT-VALUE}")
  private long loads;

  @Override
  public Integer call() {
    try (JobContext job = common.openServer()) {
      job.server().replicatedTables().tolerateLag(PATIENCE_SECONDS);
      job.schema().requireCurrent();
      List<Publication> last = job.publications().last();
      printDays(last.stream().filter(day -> !day.isWithdrawn()).toList());
      printReplicas(job.replicas(), last);
      printWithdrawn(last.stream().filter(Publication::isWithdrawn).toList());
      printHeld(new LoadLog(job.server()).held());
      printErasures(new Erasures(job.server()).unfinished());
      printBehind(job.server().replicatedTables().behind());
      printLoads(new LoadLog(job.server()).latest(loads));
    }
    return 0;
  }

  private void printDays(List<Publication> visible) {
    if (visible.isEmpty()) {
      common.out().println("no day is published yet");
      return;
    }
    LocalDate first = visible.get(0).date();
    LocalDate last = visible.get(visible.size() - 1).date();
    common.out().printf(Locale.ROOT, "published: %d days, %s to %s%n", visible.size(), first, last);
    Set<LocalDate> published = visible.stream().map(Publication::date).collect(Collectors.toSet());
    List<LocalDate> missing = first.datesUntil(last).filter(d -> !published.contains(d)).toList();
    common.out().println("missing:   " + (missing.isEmpty() ? "none" : DayRanges.text(missing)));
    String pinned =
        visible.stream()
            .filter(Publication::isPinned)
            .map(day -> day.date() + " at load " + day.loadId())
            .collect(Collectors.joining(", "));
    if (!pinned.isEmpty()) {
      common.out().println("held:      " + pinned + " (rolled back)");
    }
  }

  /** On how many replicas each day is shown as it was published last. */
  private void printReplicas(Replicas replicas, List<Publication> last) {
    if (!replicas.isOn()) {
      return;
    }
    try {
      printReplicas(replicas.all().size(), replicas.shown(), last);
    } catch (ClickHouseException e) {
      common.out().println("shown:     cannot be told: " + e.getMessage());
    }
  }

  private void printReplicas(int all, Replicas.Shown now, List<Publication> last) {
    Map<String, Map<LocalDate, Publication>> shown = now.byReplica();
    Map<Long, List<LocalDate>> daysByReplicas =
        last.stream()
            .collect(
                Collectors.groupingBy(
                    day ->
                        shown.values().stream()
                            .map(days -> days.get(day.date()))
                            .filter(seen -> seen != null && seen.seq() >= day.seq())
                            .count(),
                    TreeMap::new,
                    Collectors.mapping(Publication::date, Collectors.toList())));
    daysByReplicas.forEach(
        (some, days) ->
            common
                .out()
                .println(
                    "shown:     on " + some + " of " + all + " replicas: " + DayRanges.text(days)));
    if (!now.away().isEmpty()) {
      common
          .out()
          .println("away:      replicas " + String.join(", ", now.away()) + " do not answer");
    }
  }

  private void printWithdrawn(List<Publication> days) {
    if (!days.isEmpty()) {
      common
          .out()
          .println("withdrawn: " + DayRanges.text(days.stream().map(Publication::date).toList()));
    }
  }

  private void printHeld(List<LoadRecord> held) {
    held.forEach(
        load -> common.out().println("held:      load " + load.loadId() + ": " + load.error()));
  }

  private void printErasures(Set<String> unfinished) {
    unfinished.forEach(
        user ->
            common
                .out()
                .println(
                    "erasure:   not finished for the user with hash "
                        + user
                        + ": run forget again"));
  }

  private void printBehind(Set<String> tables) {
    tables.forEach(
        table -> common.out().println("behind:    " + table + ": what is shown here may be older"));
  }

  private void printLoads(List<LoadLog.Entry> entries) {
    common.out().println("last loads (UTC):");
    for (LoadLog.Entry load : entries) {
      common
          .out()
          .printf(
              Locale.ROOT,
              "  %s  %s  %-10s  %d  accepted %,d  rejected %,d  %s%n",
              load.startedAt(),
              load.date(),
              load.status(),
              load.loadId(),
              load.accepted(),
              load.rejected(),
              load.error());
    }
  }
}
