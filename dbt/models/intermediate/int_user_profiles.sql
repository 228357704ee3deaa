{{ config(order_by='user_id') }}

-- A user changes seldom: this is a fraction of the user days, whatever the number of dimensions.
select
    user_id,
    dimensions,
    groupArray(event_date) as active_dates
from {{ ref('stg_user_day') }}
group by user_id, dimensions
