-- Users by their value in staging.user_day, their figures from raw.
SELECT
    {day:Date},
    dimension,
    valued.value,
    uniqExact(user_id),
    sum(figures.events),
    sum(figures.sessions),
    sum(figures.attempts),
    sum(figures.successes),
    sum(figures.purchases),
    countIf(figures.paid > 0),
    sum(figures.revenue)
FROM
(
    SELECT user_id, dimension, dimensions[dimension] AS value
    FROM staging.user_day ARRAY JOIN ['country', 'platform', 'version'] AS dimension
    WHERE event_date = {day:Date}
) AS valued
INNER JOIN
(
    SELECT
        user_id,
        sum(events) AS events,
        sum(sessions) AS sessions,
        sum(attempts) AS attempts,
        sum(successes) AS successes,
        sum(purchases) AS purchases,
        sum(paid) AS paid,
        sum(revenue) AS revenue
    FROM
    (
        SELECT
            user_id, 1 AS events, 0 AS sessions, 0 AS attempts, 0 AS successes, 0 AS purchases,
            0 AS paid, toDecimal64(0, 2) AS revenue
        FROM raw.events WHERE event_date = {day:Date}
        UNION ALL
        SELECT user_id, 0, 1, 0, 0, 0, 0, 0 FROM raw.sessions WHERE event_date = {day:Date}
        UNION ALL
        SELECT user_id, 0, 0, 1, is_success, 0, 0, 0 FROM raw.task_results WHERE event_date = {day:Date}
        UNION ALL
        SELECT user_id, 0, 0, 0, 0, 1, purchase_amount > 0, purchase_amount
        FROM raw.purchases WHERE event_date = {day:Date}
    )
    GROUP BY user_id
) AS figures USING user_id
GROUP BY dimension, valued.value
