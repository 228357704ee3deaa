SELECT
    event_date,
    user_id,
    metric,
    count(),
    sum(if(metric = 'opens', 1, coalesce(minutes, 0))),
    countIf(metric = 'minutes' AND isNull(minutes))
FROM
(
    SELECT
        event_date,
        user_id,
        toDecimal128OrNull(trim(BOTH '"' FROM JSONExtractRaw(properties, 'lesson', 'minutes')), 6) AS minutes,
        arrayJoin(arrayFilter(
            m -> m = 'minutes' OR event_type = 'open' AND JSONExtractString(properties, 'country') IN ('AT', 'DE'),
            ['minutes', 'opens']
        )) AS metric
    FROM raw.events
    WHERE event_date = {day:Date} AND event_type IN ('open', 'purchase')
)
GROUP BY event_date, user_id, metric
