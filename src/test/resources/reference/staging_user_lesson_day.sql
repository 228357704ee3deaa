-- Of raw the kinds of its events are not known: the types of the settings tell them.
SELECT
    event_date,
    user_id,
    course_id,
    lesson_id,
    count(),
    countIf(event_type = 'lesson_start'),
    countIf(event_type = 'lesson_complete'),
    minIf(event_timestamp, event_type = 'lesson_start'),
    minIf(event_timestamp, event_type = 'lesson_complete')
FROM raw.events
WHERE event_date = {day:Date} AND notEmpty(course_id || lesson_id)
GROUP BY event_date, user_id, course_id, lesson_id
