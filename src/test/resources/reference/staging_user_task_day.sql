SELECT
    event_date,
    user_id,
    task_id,
    count(),
    countIf(is_success),
    min(event_timestamp),
    max(event_timestamp),
    arraySort(groupArray((event_timestamp, event_id, is_success)))[1].3,
    arraySort(groupArray((event_timestamp, event_id, is_success)))[-1].3,
    arraySort(groupArray((event_timestamp, event_id, course_id)))[-1].3,
    arraySort(groupArray((event_timestamp, event_id, lesson_id)))[-1].3,
    arraySlice(arraySort(groupArray((event_timestamp, event_id, is_success))).3, 1, 100)
FROM raw.task_results
WHERE event_date = {day:Date}
GROUP BY event_date, user_id, task_id
