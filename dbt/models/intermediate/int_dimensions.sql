{{ config(order_by='dimension') }}

select distinct toLowCardinality(dimension) as dimension
from (
    select dimension from {{ ref('stg_daily_segments') }}
    union all
    select arrayJoin(mapKeys(dimensions)) as dimension from {{ ref('stg_user_day') }}
)
