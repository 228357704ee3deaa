-- Users at lessons, one row per user, course, lesson and day with at least one event that names the
-- course or the lesson. A time of the epoch says that there was none.
SELECT
  event_date,
  user_id,
  course_id,
  lesson_id,
  count(*) AS events,
  count_if(event_kind = 'lesson_start') AS starts,
  count_if(event_kind = 'lesson_complete') AS completions,
  coalesce(
    min(CASE WHEN event_kind = 'lesson_start' THEN event_timestamp END), timestamp_seconds(0)
  ) AS first_started_at,
  coalesce(
    min(CASE WHEN event_kind = 'lesson_complete' THEN event_timestamp END), timestamp_seconds(0)
  ) AS first_completed_at
FROM events
WHERE course_id <> '' OR lesson_id <> ''
GROUP BY user_id, course_id, lesson_id, event_date
