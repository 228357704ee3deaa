-- Attempts at tasks, one row an event.
SELECT
  event_date,
  event_timestamp,
  event_id,
  user_id,
  session_id,
  task_id,
  task_result,
  is_success
FROM events
WHERE event_kind = 'task_result'
