-- From staging.user_metric_day, which has its own reference.
SELECT
    {day:Date},
    metric,
    uniqExactIf(user_id, events > 0) AS users,
    sum(events),
    sum(total) AS sum_total,
    sum(not_numeric),
    if(dau > 0, users / dau, NULL),
    if(dau > 0, toFloat64(sum_total) / dau, NULL),
    if(users > 0, toFloat64(sum_total) / users, NULL)
FROM
(
    SELECT metric, user_id, events, total, not_numeric FROM staging.user_metric_day WHERE event_date = {day:Date}
    UNION ALL
    SELECT arrayJoin(['minutes', 'opens']), '', 0, 0, 0
) AS counted
CROSS JOIN (SELECT uniqExact(user_id) AS dau FROM raw.events WHERE event_date = {day:Date}) AS active
GROUP BY metric, dau
