-- Revenue, one row per published day, a day without purchases included. A payer has a purchase of
-- more than 0, refunded or not.
WITH total AS (
  SELECT
    CAST(coalesce(sum(revenue), 0) AS DECIMAL(18, 2)) AS revenue,
    coalesce(sum(purchase_count), 0) AS purchase_count,
    count_if(positive_purchase_count > 0) AS payers,
    count(*) AS dau
  FROM staging_user_day
)

SELECT
  :event_date AS event_date,
  revenue,
  purchase_count,
  payers,
  dau,
  CAST(revenue AS DOUBLE) / nullif(dau, 0) AS arpu,
  CAST(revenue AS DOUBLE) / nullif(payers, 0) AS arppu,
  CAST(payers AS DOUBLE) / nullif(dau, 0) AS payer_share
FROM total
