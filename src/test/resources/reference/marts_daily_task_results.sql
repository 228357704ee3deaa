SELECT
    {day:Date},
    count(),
    countIf(is_success),
    if(count() = 0, NULL, countIf(is_success) / count()),
    uniqExact(user_id),
    uniqExactIf(user_id, is_success)
FROM raw.task_results
WHERE event_date = {day:Date}
