-- Every accepted event, one row each.
SELECT
  event_date,
  event_timestamp,
  event_id,
  user_id,
  session_id,
  event_type,
  platform,
  screen_name,
  '' AS course_id,
  '' AS lesson_id,
  properties
FROM events
