-- Metrics of the settings, one row per published day and metric, a metric without events included.
WITH counted AS (
  SELECT
    metric,
    1 AS users,
    events,
    total,
    not_numeric,
    0 AS dau
  FROM staging_user_metric_day
  UNION ALL
  -- Not a subquery for the dau: Spark would run it while it plans, before anything is read.
  SELECT
    metric,
    0,
    0,
    0,
    0,
    dau
  FROM day_totals
    LATERAL VIEW explode(CAST(:metrics AS ARRAY<STRING>)) AS metric
  WHERE dimension IS NULL
),

totals AS (
  SELECT
    metric,
    sum(users) AS users,
    sum(events) AS events,
    CAST(sum(total) AS DECIMAL(38, 6)) AS total,
    sum(not_numeric) AS not_numeric,
    sum(dau) AS dau
  FROM counted
  GROUP BY metric
)

SELECT
  :event_date AS event_date,
  metric,
  users,
  events,
  total,
  not_numeric,
  CAST(users AS DOUBLE) / nullif(dau, 0) AS user_share,
  CAST(total AS DOUBLE) / nullif(dau, 0) AS per_active_user,
  CAST(total AS DOUBLE) / nullif(users, 0) AS per_user
FROM totals
