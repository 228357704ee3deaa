-- Attempts at tasks, one row per published day, a day without attempts included.
WITH total AS (
  SELECT
    coalesce(sum(task_attempts), 0) AS task_attempts,
    coalesce(sum(task_successes), 0) AS task_successes,
    count_if(task_attempts > 0) AS users_attempted,
    count_if(task_successes > 0) AS users_succeeded
  FROM staging_user_day
)

SELECT
  :event_date AS event_date,
  task_attempts,
  task_successes,
  CAST(task_successes AS DOUBLE) / nullif(task_attempts, 0) AS success_rate,
  users_attempted,
  users_succeeded
FROM total
