{{ config(order_by='dimension') }}

select distinct toLowCardinality(dimension) as dimension
from (
    select dimension from {{ ref('stg_daily_segments') }}
    union all
    -- Days without segments: loads that knew no dimensions. To read the users of every day would take far longer.
    select arrayJoin(mapKeys(dimensions)) as dimension from {{ ref('stg_user_day') }}
    where event_date not in (select event_date from {{ ref('stg_daily_segments') }})
)
