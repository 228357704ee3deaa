-- Users who tried a task, one row per user, task and day. Attempts at the same time are in the
-- order of their event_id.
SELECT
  event_date,
  user_id,
  task_id,
  count(*) AS attempts,
  count_if(is_success) AS successes,
  min(event_timestamp) AS first_attempt_at,
  max(event_timestamp) AS last_attempt_at,
  min_by(is_success, struct(event_timestamp, event_id)) AS first_is_success,
  max_by(is_success, struct(event_timestamp, event_id)) AS last_is_success,
  '' AS course_id,
  '' AS lesson_id,
  transform(
    slice(sort_array(collect_list(struct(event_timestamp, event_id, is_success))), 1, 100),
    attempt -> attempt.is_success
  ) AS outcomes
FROM task_results
GROUP BY user_id, task_id, event_date
