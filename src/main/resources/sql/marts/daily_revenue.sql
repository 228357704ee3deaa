-- Revenue, one row per published day, a day without purchases included. A payer has a purchase of
-- more than 0, refunded or not.
SELECT
  :event_date AS event_date,
  revenue,
  purchase_count,
  payers,
  dau,
  CAST(revenue AS DOUBLE) / nullif(dau, 0) AS arpu,
  CAST(revenue AS DOUBLE) / nullif(payers, 0) AS arppu,
  CAST(payers AS DOUBLE) / nullif(dau, 0) AS payer_share
FROM day_totals
WHERE dimension IS NULL
