WITH (SELECT uniqExact(user_id) FROM raw.events WHERE event_date = {day:Date}) AS active
SELECT
    {day:Date},
    sum(purchase_amount) AS amount,
    count(),
    uniqExactIf(user_id, purchase_amount > 0) AS paying,
    active,
    if(active = 0, NULL, toFloat64(amount) / active),
    if(paying = 0, NULL, toFloat64(amount) / paying),
    if(active = 0, NULL, paying / active)
FROM raw.purchases
WHERE event_date = {day:Date}
