-- What each user did in each session, and outside any. Grain: user and session_id, '' included.
-- raw.sessions and staging.user_day are both made of it: one pass over the events, one definition.
SELECT
  event_date,
  user_id,
  session_id,
  min(event_timestamp) AS session_start,
  max(event_timestamp) AS session_end,
  count(*) AS event_count,
  count_if(event_kind = 'task_result') AS task_attempts,
  count_if(event_kind = 'task_result' AND is_success) AS task_successes,
  count_if(event_kind = 'purchase') AS purchase_count,
  count_if(event_kind = 'purchase' AND purchase_amount > 0) AS positive_purchase_count,
  coalesce(sum(purchase_amount), 0) AS revenue
FROM events
GROUP BY user_id, session_id, event_date
