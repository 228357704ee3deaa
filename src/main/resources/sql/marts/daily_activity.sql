-- Activity, one row per published day, a day without events included.
WITH total AS (
  SELECT
    count(*) AS dau,
    coalesce(sum(event_count), 0) AS event_count,
    coalesce(sum(session_count), 0) AS session_count,
    sum(session_seconds) AS session_seconds
  FROM staging_user_day
)

SELECT
  :event_date AS event_date,
  dau,
  event_count,
  session_count,
  CAST(session_seconds AS DOUBLE) / nullif(session_count, 0) AS avg_session_seconds
FROM total
