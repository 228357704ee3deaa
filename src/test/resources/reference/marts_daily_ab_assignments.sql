SELECT event_date, ab_test_id, ab_group, uniqExact(user_id)
FROM raw.ab_test_assignments
WHERE event_date = {day:Date}
GROUP BY event_date, ab_test_id, ab_group
