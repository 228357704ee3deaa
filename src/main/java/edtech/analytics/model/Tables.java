package edtech.analytics.model;

import java.util.List;
import java.util.Set;

/** The tables that a load writes, all of them published together. A new one is one entry here. */
public final class Tables {
  public static final Table EVENTS = new Table("raw", "events");
  public static final Table PURCHASES = new Table("raw", "purchases");
  public static final Table TASK_RESULTS = new Table("raw", "task_results");
  public static final Table SESSIONS = new Table("raw", "sessions");
  public static final Table AB_TEST_ASSIGNMENTS = new Table("raw", "ab_test_assignments");
  public static final Table REJECTED_EVENTS = new Table("raw", "rejected_events");

  /** Has a row of every dimension that the load knew, where the day has users. */
  public static final Table SEGMENTS = new Table("marts", "daily_segments");

  /** Has a row of every metric that the load knew. */
  public static final Table METRICS = new Table("marts", "daily_metrics");

  private static final Table USER_METRICS = new Table("staging", "user_metric_day");

  /** A load that does not have it knows nothing of courses and lessons. */
  public static final Table USER_LESSONS = new Table("staging", "user_lesson_day");

  /**
   * Tables that loads of earlier releases do not have. Readers see no row of such a load there, as
   * of a load with no dimension, no metric and no lesson.
   */
  public static final Set<Table> LATER = Set.of(USER_LESSONS, USER_METRICS, SEGMENTS, METRICS);

  /** In the order in which a load writes them: marts after what they are made of. */
  public static final List<Table> PUBLISHED =
      List.of(
          EVENTS,
          PURCHASES,
          TASK_RESULTS,
          AB_TEST_ASSIGNMENTS,
          SESSIONS,
          REJECTED_EVENTS,
          new Table("staging", "user_day"),
          new Table("staging", "user_task_day"),
          USER_LESSONS,
          new Table("staging", "ab_test_user_day"),
          USER_METRICS,
          new Table("marts", "daily_activity"),
          new Table("marts", "daily_task_results"),
          new Table("marts", "daily_revenue"),
          new Table("marts", "daily_ab_assignments"),
          SEGMENTS,
          METRICS);

  private Tables() {}

  /** Those that readers see in a database. */
  public static List<Table> in(String database) {
    return PUBLISHED.stream().filter(table -> table.database().equals(database)).toList();
  }
}
