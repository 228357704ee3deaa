-- Purchases and refunds, one row an event.
SELECT
  event_date,
  event_timestamp,
  event_id,
  user_id,
  session_id,
  purchase_amount,
  currency
FROM purchases
