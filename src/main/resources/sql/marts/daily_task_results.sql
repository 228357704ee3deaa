-- Attempts at tasks, one row per published day, a day without attempts included.
SELECT
  :event_date AS event_date,
  task_attempts,
  task_successes,
  CAST(task_successes AS DOUBLE) / nullif(task_attempts, 0) AS success_rate,
  users_attempted,
  users_succeeded
FROM day_totals
WHERE dimension IS NULL
