{{ config(order_by='metric') }}

select
    metric,
    min(event_date) as first_date,
    max(event_date) as last_date,
    count() as days
from {{ ref('stg_daily_metrics') }}
group by metric
