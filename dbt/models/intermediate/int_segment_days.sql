{{ config(order_by='(dimension, event_date)') }}

with marked as (
    select
        dimensions.dimension as dimension,
        days.event_date as event_date,
        min(days.event_date) over () as first_date,
        toBool(
            days.event_date in (select event_date from {{ ref('stg_daily_activity') }} where dau = 0)
            or (dimensions.dimension, days.event_date) in (
                select
                    dimension,
                    event_date
                from {{ ref('stg_daily_segments') }}
            )
        ) as is_known
    from {{ ref('int_days') }} as days
    cross join {{ ref('int_dimensions') }} as dimensions
)

select
    dimension,
    event_date,
    is_known,
    {{ last_missing_date('is_known', ['dimension']) }} as last_missing_date
from marked
