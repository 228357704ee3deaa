-- Users assigned to groups of tests, one row per test, group, user and day. A user seen in two
-- groups has two rows.
SELECT
  event_date,
  ab_test_id,
  ab_group,
  user_id,
  min(event_timestamp) AS first_assigned_at
FROM ab_assignments
GROUP BY user_id, ab_test_id, ab_group, event_date
