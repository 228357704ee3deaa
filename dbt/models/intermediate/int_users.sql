{{ config(materialized='in_buckets', order_by='tuple()', indexes=index_of_users()) }}

select
    user_id,
    arraySort(groupArray(event_date)) as active_dates,
    active_dates[1] as cohort_date,
    arraySort(groupArrayIf(event_date, positive_purchase_count > 0)) as payer_dates,
    arraySort(groupArrayIf((event_date, revenue), revenue != 0)) as revenue_days
from {{ ref('stg_user_day') }}
where {{ in_bucket() }}
group by user_id
