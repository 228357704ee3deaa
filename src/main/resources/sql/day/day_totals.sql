-- What the day's users did: in all, under the dimension NULL, and by what they are like, under each
-- dimension and value, '' of users without one. The daily marts and their break-down are both made of
-- it: one definition. Grain: dimension and value; a day without users has its row of all.
WITH counted AS (
  SELECT
    dimension,
    coalesce(dimensions[dimension], '') AS value,
    1 AS users,
    event_count,
    session_count,
    session_seconds,
    task_attempts,
    task_successes,
    purchase_count,
    positive_purchase_count,
    revenue
  FROM staging_user_day
    LATERAL VIEW explode(
      concat(array(CAST(NULL AS STRING)), CAST(:dimensions AS ARRAY<STRING>))
    ) AS dimension
  UNION ALL
  SELECT
    NULL,
    '',
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0
)

SELECT
  dimension,
  value,
  sum(users) AS dau,
  sum(event_count) AS event_count,
  sum(session_count) AS session_count,
  sum(session_seconds) AS session_seconds,
  sum(task_attempts) AS task_attempts,
  sum(task_successes) AS task_successes,
  count_if(task_attempts > 0) AS users_attempted,
  count_if(task_successes > 0) AS users_succeeded,
  sum(purchase_count) AS purchase_count,
  count_if(positive_purchase_count > 0) AS payers,
  CAST(sum(revenue) AS DECIMAL(18, 2)) AS revenue
FROM counted
GROUP BY dimension, value
