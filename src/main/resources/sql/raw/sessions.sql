-- Sessions seen on the day: one row per session and user. One over midnight has a row on each day.
SELECT
  event_date,
  session_id,
  user_id,
  min(event_timestamp) AS session_start,
  max(event_timestamp) AS session_end,
  count(*) AS event_count
FROM events
WHERE session_id <> ''
GROUP BY event_date, session_id, user_id
