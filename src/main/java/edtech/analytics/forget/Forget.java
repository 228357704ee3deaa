package edtech.analytics.forget;

import edtech.analytics.clickhouse.store.Erasures;
import edtech.analytics.clickhouse.store.Holders;
import edtech.analytics.clickhouse.store.LoadLog;
import edtech.analytics.clickhouse.store.Publication;
import edtech.analytics.clickhouse.store.Publications;
import edtech.analytics.clickhouse.store.Replicas;
import edtech.analytics.clickhouse.store.UserRows;
import edtech.analytics.clickhouse.store.UserRows.StoredLoad;
import edtech.analytics.config.SettingsException;
import edtech.analytics.job.JobContext;
import edtech.analytics.load.Failure;
import edtech.analytics.load.LoadFailedException;
import edtech.analytics.load.Progress;
import edtech.analytics.load.Step;
import edtech.analytics.model.Table;
import edtech.analytics.model.Tables;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Removes a user from all that the job has stored (docs/erasure.md): each published day that holds
 * them is published anew without them, then every load that held them is dropped. Loads leave them
 * out from the beginning of the first run on. A run that was cut off is finished by the next one.
 */
public final class Forget {
  /** A day that is loaded, or rolled back, while it is published anew is looked at again. */
  private static final int ROUNDS = 3;

  /**
   * Longer than between the moment in which a query looks up the loads in view and that in which it
   * has hold of their rows.
   */
  private static final Duration SNAPSHOT_GAP = Duration.ofSeconds(1);

  private final JobContext job;
  private final Progress progress;
  private final Publications publications;
  private final Erasures erasures;
  private final LoadLog loads;
  private final Replicas replicas;

  public Forget(JobContext job, Progress progress) {
    this.job = job;
    this.progress = progress;
    this.publications = job.publications();
    this.erasures = new Erasures(job.server());
    this.loads = new LoadLog(job.server());
    this.replicas = job.replicas();
  }

  /**
   * Forgets the user.
   *
   * @throws SettingsException when another sink than the built-in one is set
   * @throws LoadFailedException when a day could not be published anew; the others were
   */
  public ErasureReceipt run(String userId) {
    job.writing().requireBuiltIn("forget");
    job.schema().requireCurrent();
    // The order matters: a load whose number is higher than this one knows of the user, and one
    // with a lower number is running now, or what it published is found below.
    Erasures.Erasure erasure = erasures.begin(userId);
    long listed = publications.nextSeq();
    UserRows rows = new UserRows(job.server(), userId, job.settings().source().mapping());
    Set<String> problems = new LinkedHashSet<>();
    for (int round = 0; round < ROUNDS; round++) {
      problems.clear();
      Set<Long> running = running(erasure, listed);
      Map<StoredLoad, Map<String, Long>> held = rows.stored();
      held.keySet().removeIf(load -> running.contains(load.loadId()));
      boolean isClean = held.isEmpty();
      Set<LocalDate> dates = new TreeSet<>();
      held.keySet().forEach(load -> dates.add(load.date()));
      dates.removeIf(date -> !publishWithout(date, held, erasure, rows, problems));
      held.keySet().removeIf(load -> !dates.contains(load.date()));
      // Who reads now may have looked up the loads in view before the new ones were there.
      awaitReaders(held.keySet())
          .ifPresentOrElse(problems::add, () -> drop(held, erasure, rows, problems));
      rows.staged()
          .forEach(
              (table, load) -> {
                if (!running.contains(load) && loads.find(load).isPresent()) {
                  rows.dropStage(table);
                }
              });
      if (isClean) {
        break;
      }
    }
    running(erasure, listed).stream()
        .map(load -> "load " + load + " began before the user was forgotten and still runs")
        .forEach(problems::add);
    if (problems.isEmpty() && !rows.stored().isEmpty()) {
      problems.add("there are loads that hold the user again");
    }
    Set<String> holders = new Holders(replicas).of(gone(erasure), problems.isEmpty());
    holders.stream()
        .map(
            name ->
                "replica "
                    + name
                    + " is away, or has not dropped the user's rows yet: run forget again when it is"
                    + " back")
        .forEach(problems::add);
    boolean isFinished = problems.isEmpty();
    if (isFinished) {
      erasures.finish(erasure);
    }
    return new ErasureReceipt(
        erasure.userHash(),
        erasure.begunAt(),
        isFinished ? Optional.of(Instant.now()) : Optional.empty(),
        erasures.loads(erasure),
        erasedBy(holders),
        List.copyOf(problems));
  }

  /** Publishes a day anew where its load in view holds the user; returns whether it could be. */
  private boolean publishWithout(
      LocalDate date,
      Map<StoredLoad, Map<String, Long>> held,
      Erasures.Erasure erasure,
      UserRows rows,
      Set<String> problems) {
    return tried(
        date,
        problems,
        () -> {
          Optional<Publication> visible = publications.current(date);
          if (visible.isPresent()) {
            Map<String, Long> removed = held.get(new StoredLoad(date, visible.get().loadId()));
            if (removed != null) {
              new DayWithoutUser(job, progress, erasure, rows).publish(visible.get(), removed);
            }
          }
        });
  }

  /** Waits until no reader can be at these loads any more; why some may be, if so. */
  private Optional<String> awaitReaders(Set<StoredLoad> loads) {
    if (loads.isEmpty()) {
      return Optional.empty();
    }
    Set<String> showing =
        replicas.awaitHidden(loads.stream().map(StoredLoad::loadId).collect(Collectors.toSet()));
    if (!showing.isEmpty()) {
      return Optional.of(
          "replicas that still show loads with the user, or are away and may: "
              + String.join(", ", showing)
              + "; those loads are kept: run forget again when these replicas are back");
    }
    try {
      Thread.sleep(SNAPSHOT_GAP.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LoadFailedException("interrupted: run forget again");
    }
    return Optional.empty();
  }

  private void drop(
      Map<StoredLoad, Map<String, Long>> held,
      Erasures.Erasure erasure,
      UserRows rows,
      Set<String> problems) {
    held.forEach(
        (load, removed) -> {
          progress.begins(load.date(), Step.SWEEP);
          tried(load.date(), problems, () -> drop(load, removed, erasure, rows));
        });
  }

  /** Runs a part of a day's work; what goes wrong is a problem. Returns whether nothing did. */
  private boolean tried(LocalDate date, Set<String> problems, Runnable part) {
    try {
      part.run();
      return true;
    } catch (RuntimeException e) {
      progress.failed(e);
      problems.add(date + ": " + Failure.message(e));
      return false;
    }
  }

  /** The loads that this run and those before it have dropped. */
  private List<StoredLoad> gone(Erasures.Erasure erasure) {
    return erasures.loads(erasure).stream()
        .map(load -> new StoredLoad(load.date(), load.loadId()))
        .toList();
  }

  /** Of each replica whether it has dropped all; empty on a server without replicas. */
  private Map<String, Boolean> erasedBy(Set<String> holders) {
    return replicas.all().stream()
        .collect(
            Collectors.toMap(
                name -> name, name -> !holders.contains(name), (a, b) -> a, TreeMap::new));
  }

  private void drop(
      StoredLoad load, Map<String, Long> removed, Erasures.Erasure erasure, UserRows rows) {
    Publication visible = publications.current(load.date()).orElse(null);
    if (visible != null && visible.loadId() == load.loadId()) {
      // Rolled back to since the last check: the next round takes it.
      return;
    }
    erasures.record(erasure, new Erasures.ErasedLoad(load.date(), load.loadId(), 0, removed));
    for (Table table : Tables.PUBLISHED) {
      progress.begins(load.date(), Step.SWEEP, table.logical());
      rows.drop(table, load);
    }
    Publication now = publications.current(load.date()).orElse(null);
    if (visible != null && now.loadId() == load.loadId()) {
      // Rolled back to while it was dropped.
      publications.publish(
          new Publication(
              load.date(), publications.nextSeq(), visible.loadId(), visible.fingerprint()),
          publications.rows(load.date(), visible.loadId()));
    }
  }

  /** The loads that may still publish the user: they began before the user was listed. */
  private Set<Long> running(Erasures.Erasure erasure, long listed) {
    Set<Long> without = erasures.replacements(erasure);
    return loads.running().stream()
        .filter(load -> load < listed && !without.contains(load))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
