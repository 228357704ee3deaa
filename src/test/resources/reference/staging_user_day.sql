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
    any(paid.revenue)
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
WHERE event_date = {day:Date}
GROUP BY event_date, user_id
