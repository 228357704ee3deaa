-- Active users, one row per user and day. Durations are added as whole microseconds: no order of
-- adding shows in the sum.
WITH sessions AS (
  SELECT
    event_date,
    user_id,
    min(session_start) AS first_event_at,
    max(session_end) AS last_event_at,
    sum(event_count) AS event_count,
    count_if(session_id <> '') AS session_count,
    CAST(
      sum(
        CASE
          WHEN session_id <> '' THEN unix_micros(session_end) - unix_micros(session_start) ELSE 0
        END
      ) * 0.000001 AS DECIMAL(18, 6)
    ) AS session_seconds,
    sum(task_attempts) AS task_attempts,
    sum(task_successes) AS task_successes,
    sum(purchase_count) AS purchase_count,
    sum(positive_purchase_count) AS positive_purchase_count,
    CAST(sum(revenue) AS DECIMAL(18, 2)) AS revenue
  FROM user_sessions
  GROUP BY user_id, event_date
),

dimensions AS (
  SELECT
    user_id,
    map_from_entries(sort_array(collect_list(struct(dimension, value)))) AS dimensions
  FROM user_dimensions
  GROUP BY user_id
)

SELECT
  sessions.*,
  coalesce(dimensions.dimensions, map()) AS dimensions
FROM sessions
LEFT JOIN dimensions ON sessions.user_id = dimensions.user_id
