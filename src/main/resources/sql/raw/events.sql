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
  course_id,
  lesson_id,
  properties
FROM events
