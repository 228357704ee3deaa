{{ config(materialized='in_buckets', order_by='tuple()') }}

select
    segments.segment as segment,
    users.cohort_date as cohort_date,
    users.active_dates as active_dates,
    users.payer_dates as payer_dates,
    users.revenue_days as revenue_days
from {{ ref('int_segment_users') }} as segments
inner join {{ ref('int_users') }} as users on segments.user_id = users.user_id
where
    segments.active_dates[1] = users.cohort_date
    and {{ has_dimensions() }}
    and {{ in_bucket('segments.user_id') }}
    and {{ in_bucket('users.user_id') }}
