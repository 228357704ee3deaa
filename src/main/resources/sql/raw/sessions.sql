-- Sessions seen on the day: one row per session and user. One over midnight has a row on each day.
SELECT
  event_date,
  session_id,
  user_id,
  session_start,
  session_end,
  event_count
FROM user_sessions
WHERE session_id <> ''
