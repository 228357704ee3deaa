-- The accepted events of a stored load as the queries of sql/ know them from a parsed day. Not among
-- those: it makes no table, so that a change of it changes no day's fingerprint.
SELECT
  raw_events.event_date,
  raw_events.event_timestamp,
  raw_events.event_id,
  raw_events.user_id,
  raw_events.session_id,
  raw_events.event_type,
  CASE
    WHEN raw_purchases.event_id IS NOT NULL THEN 'purchase'
    WHEN raw_task_results.event_id IS NOT NULL THEN 'task_result'
    WHEN raw_ab_test_assignments.event_id IS NOT NULL THEN 'ab_assignment'
    ELSE 'plain'
  END AS event_kind,
  raw_events.platform,
  raw_events.screen_name,
  raw_events.course_id,
  raw_events.lesson_id,
  raw_events.properties,
  raw_purchases.purchase_amount,
  coalesce(raw_purchases.currency, '') AS currency,
  coalesce(raw_task_results.task_id, '') AS task_id,
  coalesce(raw_task_results.task_result, '') AS task_result,
  coalesce(raw_task_results.is_success, false) AS is_success,
  coalesce(raw_ab_test_assignments.ab_test_id, '') AS ab_test_id,
  coalesce(raw_ab_test_assignments.ab_group, '') AS ab_group,
  -- Not stored, and not asked for: the staging tables that are made of them are.
  CAST(NULL AS ARRAY<STRING>) AS dimensions,
  CAST(NULL AS ARRAY<STRUCT<metric: INT, total: DECIMAL(18, 6)>>) AS metrics
FROM raw_events
LEFT JOIN raw_purchases ON raw_events.event_id = raw_purchases.event_id
LEFT JOIN raw_task_results ON raw_events.event_id = raw_task_results.event_id
LEFT JOIN raw_ab_test_assignments ON raw_events.event_id = raw_ab_test_assignments.event_id
