-- What must hold among the tables of one load before it is published: figures that two tables have.
-- Reads the load's stage tables in place of those named, the names of the load's dimensions and
-- metrics, each in order, and whether the load knows lessons: one of before there were any that is made
-- anew without a user does not. Grain: a broken identity; none is right.
SELECT
    identity.1 AS figure,
    identity.2 AS found,
    identity.3 AS counted,
    identity.4 AS expected
FROM
(
    SELECT arrayJoin([
        ('event_count of user_day', toString(user_day.event_count), 'rows of events', toString(events.n)),
        ('session_count of user_day', toString(user_day.session_count), 'rows of sessions', toString(sessions.n)),
        ('session_seconds of user_day', toString(user_day.session_seconds), 'length of sessions', toString(sessions.seconds)),
        ('task_attempts of user_day', toString(user_day.task_attempts), 'rows of task_results', toString(task_results.n)),
        ('task_successes of user_day', toString(user_day.task_successes), 'successes of task_results', toString(task_results.successes)),
        ('purchase_count of user_day', toString(user_day.purchase_count), 'rows of purchases', toString(purchases.n)),
        ('revenue of user_day', toString(user_day.revenue), 'sum of purchases', toString(purchases.amount)),
        ('attempts of user_task_day', toString(user_task_day.attempts), 'rows of task_results', toString(task_results.n)),
        ('successes of user_task_day', toString(user_task_day.successes), 'successes of task_results', toString(task_results.successes)),
        ('outcomes of user_task_day', toString(user_task_day.outcomes), 'attempts, of each row at most 100', toString(if({knows_lessons:Bool}, user_task_day.kept_attempts, 0))),
        ('successes among outcomes of user_task_day', toString(user_task_day.kept_successes), 'successes of rows of at most 100 attempts', toString(if({knows_lessons:Bool}, user_task_day.successes_of_100, 0))),
        ('rows of user_lesson_day', toString(user_lesson_day.n), 'users by course and lesson of events', toString(events.users_by_lesson)),
        ('events of user_lesson_day', toString(user_lesson_day.events), 'rows of events with a course or a lesson', toString(events.of_lessons)),
        ('rows of user_lesson_day with a first start', toString(user_lesson_day.first_starts), 'rows with starts', toString(user_lesson_day.started)),
        ('rows of user_lesson_day with a first completion', toString(user_lesson_day.first_completions), 'rows with completions', toString(user_lesson_day.completed)),
        ('rows of ab_test_user_day', toString(ab_test_user_day.n), 'users by test and group of ab_test_assignments', toString(ab_test_assignments.users)),
        ('rows of daily_activity', toString(daily_activity.n), 'days', '1'),
        ('dau of daily_activity', toString(daily_activity.dau), 'rows of user_day', toString(user_day.n)),
        ('event_count of daily_activity', toString(daily_activity.event_count), 'rows of events', toString(events.n)),
        ('session_count of daily_activity', toString(daily_activity.session_count), 'rows of sessions', toString(sessions.n)),
        ('rows of daily_task_results', toString(daily_task_results.n), 'days', '1'),
        ('task_attempts of daily_task_results', toString(daily_task_results.task_attempts), 'rows of task_results', toString(task_results.n)),
        ('rows of daily_revenue', toString(daily_revenue.n), 'days', '1'),
        ('dau of daily_revenue', toString(daily_revenue.dau), 'rows of user_day', toString(user_day.n)),
        ('revenue of daily_revenue', toString(daily_revenue.revenue), 'sum of purchases', toString(purchases.amount)),
        ('assigned_users of daily_ab_assignments', toString(daily_ab_assignments.users), 'rows of ab_test_user_day', toString(ab_test_user_day.n)),
        ('dimensions of daily_segments', toString(segments.dimensions), 'dimensions of the load', toString(if(user_day.n = 0, [], {dimensions:Array(String)}))),
        ('dau of daily_segments by dimension', toString(segments.dau), 'rows of user_day', toString(arrayMap(d -> user_day.n, segments.dimensions))),
        ('event_count of daily_segments by dimension', toString(segments.event_count), 'that of user_day', toString(arrayMap(d -> user_day.event_count, segments.dimensions))),
        ('session_count of daily_segments by dimension', toString(segments.session_count), 'that of user_day', toString(arrayMap(d -> user_day.session_count, segments.dimensions))),
        ('task_attempts of daily_segments by dimension', toString(segments.task_attempts), 'that of user_day', toString(arrayMap(d -> user_day.task_attempts, segments.dimensions))),
        ('task_successes of daily_segments by dimension', toString(segments.task_successes), 'that of user_day', toString(arrayMap(d -> user_day.task_successes, segments.dimensions))),
        ('purchase_count of daily_segments by dimension', toString(segments.purchase_count), 'that of user_day', toString(arrayMap(d -> user_day.purchase_count, segments.dimensions))),
        ('payers of daily_segments by dimension', toString(segments.payers), 'payers of user_day', toString(arrayMap(d -> user_day.payers, segments.dimensions))),
        ('revenue of daily_segments by dimension', toString(segments.revenue), 'that of user_day', toString(arrayMap(d -> user_day.revenue, segments.dimensions))),
        ('metrics of daily_metrics', toString(daily_metrics.metrics), 'metrics of the load', toString({metrics:Array(String)})),
        ('figures of daily_metrics', toString(daily_metrics.figures), 'those of user_metric_day', toString(user_metric_day.figures))
    ]) AS identity
    FROM
    (
        SELECT
            count() AS n,
            countIf(notEmpty(course_id) OR notEmpty(lesson_id)) AS of_lessons,
            uniqExactIf((user_id, course_id, lesson_id), notEmpty(course_id) OR notEmpty(lesson_id)) AS users_by_lesson
        FROM raw.events
    ) AS events
    CROSS JOIN
    (
        SELECT count() AS n, sum(toDecimal64(session_end, 6) - toDecimal64(session_start, 6)) AS seconds
        FROM raw.sessions
    ) AS sessions
    CROSS JOIN (SELECT count() AS n, countIf(is_success) AS successes FROM raw.task_results) AS task_results
    CROSS JOIN (SELECT count() AS n, sum(purchase_amount) AS amount FROM raw.purchases) AS purchases
    CROSS JOIN
    (
        SELECT uniqExact(ab_test_id, ab_group, user_id) AS users FROM raw.ab_test_assignments
    ) AS ab_test_assignments
    CROSS JOIN
    (
        SELECT
            count() AS n,
            sum(event_count) AS event_count,
            sum(session_count) AS session_count,
            sum(session_seconds) AS session_seconds,
            sum(task_attempts) AS task_attempts,
            sum(task_successes) AS task_successes,
            sum(purchase_count) AS purchase_count,
            countIf(positive_purchase_count > 0) AS payers,
            sum(revenue) AS revenue
        FROM staging.user_day
    ) AS user_day
    CROSS JOIN
    (
        SELECT
            sum(task_day.attempts) AS attempts,
            sum(task_day.successes) AS successes,
            sum(length(task_day.outcomes)) AS outcomes,
            sum(least(task_day.attempts, 100)) AS kept_attempts,
            sumIf(countEqual(task_day.outcomes, true), task_day.attempts <= 100) AS kept_successes,
            sumIf(task_day.successes, task_day.attempts <= 100) AS successes_of_100
        FROM staging.user_task_day AS task_day
    ) AS user_task_day
    CROSS JOIN
    (
        SELECT
            count() AS n,
            sum(events) AS events,
            countIf(starts > 0) AS started,
            countIf(first_started_at > 0) AS first_starts,
            countIf(completions > 0) AS completed,
            countIf(first_completed_at > 0) AS first_completions
        FROM staging.user_lesson_day
    ) AS user_lesson_day
    CROSS JOIN (SELECT count() AS n FROM staging.ab_test_user_day) AS ab_test_user_day
    CROSS JOIN
    (
        SELECT
            count() AS n,
            sum(dau) AS dau,
            sum(event_count) AS event_count,
            sum(session_count) AS session_count
        FROM marts.daily_activity
    ) AS daily_activity
    CROSS JOIN
    (
        SELECT count() AS n, sum(task_attempts) AS task_attempts FROM marts.daily_task_results
    ) AS daily_task_results
    CROSS JOIN
    (
        SELECT count() AS n, sum(dau) AS dau, sum(revenue) AS revenue FROM marts.daily_revenue
    ) AS daily_revenue
    CROSS JOIN
    (
        SELECT sum(assigned_users) AS users FROM marts.daily_ab_assignments
    ) AS daily_ab_assignments
    CROSS JOIN
    (
        SELECT
            groupArray(dimension) AS dimensions,
            groupArray(total_dau) AS dau,
            groupArray(total_event_count) AS event_count,
            groupArray(total_session_count) AS session_count,
            groupArray(total_task_attempts) AS task_attempts,
            groupArray(total_task_successes) AS task_successes,
            groupArray(total_purchase_count) AS purchase_count,
            groupArray(total_payers) AS payers,
            groupArray(total_revenue) AS revenue
        FROM
        (
            SELECT
                dimension,
                sum(dau) AS total_dau,
                sum(event_count) AS total_event_count,
                sum(session_count) AS total_session_count,
                sum(task_attempts) AS total_task_attempts,
                sum(task_successes) AS total_task_successes,
                sum(purchase_count) AS total_purchase_count,
                sum(payers) AS total_payers,
                sum(revenue) AS total_revenue
            FROM marts.daily_segments
            GROUP BY dimension
            ORDER BY dimension
        )
    ) AS segments
    CROSS JOIN
    (
        SELECT
            groupArray(metric) AS metrics,
            groupArrayIf((metric, users, events, total, not_numeric), events > 0) AS figures
        FROM (SELECT * FROM marts.daily_metrics ORDER BY metric)
    ) AS daily_metrics
    CROSS JOIN
    (
        SELECT groupArray((metric, users, events_of_all, total_of_all, not_numeric_of_all)) AS figures
        FROM
        (
            SELECT
                metric,
                count() AS users,
                sum(events) AS events_of_all,
                sum(total) AS total_of_all,
                sum(not_numeric) AS not_numeric_of_all
            FROM staging.user_metric_day
            GROUP BY metric
            ORDER BY metric
        )
    ) AS user_metric_day
)
WHERE found != expected
-- Else a table without rows would give no figure, and no identity would be looked at.
SETTINGS empty_result_for_aggregation_by_empty_set = 0
