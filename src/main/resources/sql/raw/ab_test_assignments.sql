-- Assignments of users to the groups of tests, one row an event.
SELECT
  event_date,
  event_timestamp AS assignment_timestamp,
  event_id,
  user_id,
  ab_test_id,
  ab_group
FROM ab_assignments
