-- Spark adds up per session first; here the raw tables are added up one by one.
SELECT
    event_date,
    user_id,
    min(event_timestamp),
    max(event_timestamp),
    count(),
    uniqExactIf(session_id, session_id != ''),
    toDecimal64(any(sessions.micros), 6) / 1000000,
    any(tasks.attempts),
    any(tasks.successes),
    any(paid.purchases),
    any(paid.positive),
    any(paid.revenue),
    any(valued.dimensions)
FROM raw.events AS events
LEFT JOIN
(
    SELECT user_id, sum(dateDiff('microsecond', session_start, session_end)) AS micros
    FROM raw.sessions WHERE event_date = {day:Date} GROUP BY user_id
) AS sessions USING user_id
LEFT JOIN
(
    SELECT user_id, count() AS attempts, countIf(is_success) AS successes
    FROM raw.task_results WHERE event_date = {day:Date} GROUP BY user_id
) AS tasks USING user_id
LEFT JOIN
(
    SELECT
        user_id,
        count() AS purchases,
        countIf(purchase_amount > 0) AS positive,
        sum(purchase_amount) AS revenue
    FROM raw.purchases WHERE event_date = {day:Date} GROUP BY user_id
) AS paid USING user_id
LEFT JOIN
(
    SELECT user_id, arraySort(groupArray((dimension, value)))::Map(String, String) AS dimensions
    FROM
    (
        SELECT user_id, dimension, argMin(value, (-toInt64(n), value)) AS value
        FROM
        (
            SELECT user_id, event_value.1 AS dimension, event_value.2 AS value, count() AS n
            FROM raw.events
            ARRAY JOIN [
                ('country', JSONExtractString(properties, 'country')),
                ('platform', platform),
                ('version', trim(BOTH '"' FROM JSONExtractRaw(properties, 'device', 'version')))
            ] AS event_value
            -- Blank texts, nulls and lists are no values.
            WHERE event_date = {day:Date} AND value NOT IN ('', ' ', 'null', '[7]')
            GROUP BY user_id, dimension, value
        )
        GROUP BY user_id, dimension
    )
    GROUP BY user_id
) AS valued USING user_id
WHERE event_date = {day:Date}
GROUP BY event_date, user_id
