-- Users assigned in A/B tests, one row per published day, test and group seen on it.
SELECT
  event_date,
  ab_test_id,
  ab_group,
  count(*) AS assigned_users
FROM staging_ab_test_user_day
GROUP BY ab_test_id, ab_group, event_date
