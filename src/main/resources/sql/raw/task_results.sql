-- Attempts at tasks, one row an event.
SELECT
  event_date,
  event_timestamp,
  event_id,
  user_id,
  session_id,
  task_id,
  task_result,
  is_success,
  course_id,
  lesson_id
FROM task_results
