SELECT
    {day:Date},
    (SELECT uniqExact(user_id) FROM raw.events WHERE event_date = {day:Date}),
    (SELECT count() FROM raw.events WHERE event_date = {day:Date}),
    count(),
    if(count() = 0, NULL, sum(dateDiff('microsecond', session_start, session_end)) / 1e6 / count())
FROM raw.sessions
WHERE event_date = {day:Date}
