-- Users at lessons, one row per user, course, lesson and day with at least one event that names the
-- course or the lesson. A time of the epoch says that there was none.
SELECT
  event_date,
  user_id,
  '' AS course_id,
  '' AS lesson_id,
  count(*) AS events,
  count_if(event_kind = 'lesson_start') AS starts,
  count_if(event_kind = 'lesson_complete') AS completions,
  coalesce(
    min(event_timestamp) FILTER (WHERE event_kind = 'lesson_start'), timestamp_seconds(0)
  ) AS first_started_at,
  coalesce(
    min(event_timestamp) FILTER (WHERE event_kind = 'lesson_complete'), timestamp_seconds(0)
  ) AS first_completed_at
FROM events
WHERE event_kind IN ('lesson_start', 'lesson_complete')
GROUP BY user_id, event_date
