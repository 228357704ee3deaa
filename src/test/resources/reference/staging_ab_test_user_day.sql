SELECT event_date, ab_test_id, ab_group, user_id, min(assignment_timestamp)
FROM raw.ab_test_assignments
WHERE event_date = {day:Date}
GROUP BY event_date, ab_test_id, ab_group, user_id
