-- Activity, one row per published day, a day without events included.
SELECT
  :event_date AS event_date,
  dau,
  event_count,
  session_count,
  CAST(session_seconds AS DOUBLE) / nullif(session_count, 0) AS avg_session_seconds
FROM day_totals
WHERE dimension IS NULL
