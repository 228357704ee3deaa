-- Users who tried a task, one row per user, task and day. Attempts at the same time are in the
-- order of their event_id. Read in that order, each attempt knows those before it, and the last one
-- knows all: one sort, and no attempts in memory beside the first 100 outcomes.
WITH numbered AS (
  SELECT
    *,
    row_number() OVER attempts AS attempt,
    lead(event_id) OVER attempts IS NULL AS is_last
  FROM task_results
  WINDOW attempts AS (
    PARTITION BY user_id, task_id, event_date
    ORDER BY event_timestamp, event_id
  )
),

counted AS (
  SELECT
    *,
    count_if(is_success) OVER so_far AS successes,
    min(event_timestamp) OVER so_far AS first_attempt_at,
    min_by(is_success, attempt) OVER so_far AS first_is_success,
    collect_list(CASE WHEN attempt <= 100 THEN is_success END) OVER so_far AS outcomes
  FROM numbered
  WINDOW so_far AS (
    PARTITION BY user_id, task_id, event_date
    ORDER BY event_timestamp, event_id
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  )
)

SELECT
  event_date,
  user_id,
  task_id,
  CAST(attempt AS BIGINT) AS attempts,
  successes,
  first_attempt_at,
  event_timestamp AS last_attempt_at,
  first_is_success,
  is_success AS last_is_success,
  course_id,
  lesson_id,
  outcomes
FROM counted
WHERE is_last
