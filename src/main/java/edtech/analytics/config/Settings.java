package edtech.analytics.config;

import edtech.analytics.measure.Measures;
import edtech.analytics.source.Source;
import java.io.Serializable;
import java.time.ZoneId;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a job was told: every key of {@code conf/reference.conf}, typed and checked. Units and
 * meanings are written there.
 *
 * @param eventsUri folder of the {@code dt=YYYY-MM-DD/} folders, without a slash at its end; '' in
 *     runs that read no events
 * @param s3Endpoint '' for Amazon S3
 * @param metricsFile '' = none is written
 */
public record Settings(
    String eventsUri,
    String s3Endpoint,
    boolean allowEmptyDay,
    Source source,
    Measures measures,
    Events events,
    Refusal refusal,
    ClickHouse clickhouse,
    Publication publication,
    String metricsFile) {

  /** How lines are read and what they mean. */
  public record Events(
      ZoneId zone,
      int latenessDays,
      int maxLineBytes,
      EventTypes types,
      Set<String> successValues,
      String currency,
      Set<String> placeholderIds,
      Set<String> ignoredProperties) {}

  /**
   * Values of {@code event_type} that are more than plain events. Where a value is in several of
   * the sets, the first of them counts, in the order that they have here.
   */
  public record EventTypes(
      Set<String> purchase,
      Set<String> taskResult,
      Set<String> assignment,
      Set<String> lessonStart,
      Set<String> lessonComplete)
      implements Serializable {
    public EventTypes {
      purchase = sorted(purchase);
      taskResult = sorted(taskResult);
      assignment = sorted(assignment);
      lessonStart = sorted(lessonStart);
      lessonComplete = sorted(lessonComplete);
    }

    /** In one order, as they are part of the fingerprint. */
    private static Set<String> sorted(Set<String> types) {
      return Collections.unmodifiableSet(new TreeSet<>(types));
    }
  }

  /** From how many rejected lines on a load is refused. */
  public record Refusal(
      double maxRejectedRatio,
      long maxRejectedLines,
      double maxOutsideDayRatio,
      double maxRejectedRatioOfAnyDay) {}

  /**
   * How the server is reached. Times in seconds.
   *
   * @param urls one, or those of several replicas, in the order in which they are tried
   * @param cluster as which the replicas reach each other; '' = there are none, or as the databases
   *     say
   * @param minReplicas how many must hold a load before it is published
   */
  public record ClickHouse(
      List<String> urls,
      String cluster,
      int minReplicas,
      String user,
      Secret password,
      int connectTimeout,
      int requestTimeout,
      int batchRows,
      int batchBytes,
      int retries,
      String catalog) {

    /** The only address, or the first one; '' for a run that reaches no server. */
    public String url() {
      return urls.isEmpty() ? "" : urls.get(0);
    }

    /** The same with one address. */
    public ClickHouse at(String url) {
      return new ClickHouse(
          List.of(url),
          cluster,
          minReplicas,
          user,
          password,
          connectTimeout,
          requestTimeout,
          batchRows,
          batchBytes,
          retries,
          catalog);
    }
  }

  /**
   * What is published, and how long loads that nobody sees are kept.
   *
   * @param holdBelowRatio empty = off
   */
  public record Publication(
      int keepLoads,
      int sweepGraceMinutes,
      int rejectedRetentionDays,
      OptionalDouble holdBelowRatio) {}

  /**
   * The settings that change what a day contains, in one line for the fingerprint. Equal text means
   * that equal input gives equal tables.
   */
  public String meaning() {
    return events.toString() + refusal + source + measures;
  }
}
