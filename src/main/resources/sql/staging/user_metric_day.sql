-- Users with an event that counts for a metric, one row per user, metric and day.
WITH counted AS (
  SELECT
    event_date,
    user_id,
    inline(metrics)
  FROM events
  -- Where the settings name none, Spark sees here that no event is to be read.
  WHERE metrics IS NOT NULL AND size(CAST(:metrics AS ARRAY<STRING>)) > 0
)

SELECT
  event_date,
  user_id,
  CAST(:metrics AS ARRAY<STRING>)[metric] AS metric,
  count(*) AS events,
  CAST(coalesce(sum(total), 0) AS DECIMAL(38, 6)) AS total,
  count_if(total IS NULL) AS not_numeric
FROM counted
GROUP BY user_id, metric, event_date
