-- The day's users by what they are like, one row per published day, dimension and value: of each
-- dimension the 1,000 values that most users have, ties by value, and the rest together.
WITH ranked AS (
  SELECT
    *,
    row_number() OVER (PARTITION BY dimension ORDER BY dau DESC, value) AS place
  FROM day_totals
  WHERE dimension IS NOT NULL
),

named AS (
  SELECT
    *,
    CASE WHEN place <= 1000 THEN value ELSE '(other)' END AS shown
  FROM ranked
)

SELECT
  :event_date AS event_date,
  dimension,
  shown AS value,
  sum(dau) AS dau,
  sum(event_count) AS event_count,
  sum(session_count) AS session_count,
  sum(task_attempts) AS task_attempts,
  sum(task_successes) AS task_successes,
  sum(purchase_count) AS purchase_count,
  sum(payers) AS payers,
  CAST(sum(revenue) AS DECIMAL(18, 2)) AS revenue
FROM named
GROUP BY dimension, shown
