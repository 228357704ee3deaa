-- The day's users of a value, as the job counted them. Values that the job put together, (other), are not compared.
select
    segments.dimension as dimension,
    segments.value as value,
    segments.event_date as event_date,
    segments.dau as of_mart,
    daily.dau as of_day
from {{ ref('active_users_by_segment') }} as segments
left join {{ ref('stg_daily_segments') }} as daily
    on
        segments.dimension = daily.dimension
        and segments.value = daily.value
        and segments.event_date = daily.event_date
where
    segments.value != '(other)'
    and segments.dau != daily.dau
    -- Not there: nobody had the value, or it is in the day's own (other).
    and (daily.dau > 0 or (segments.dimension, segments.event_date) not in (
        select
            dimension,
            event_date
        from {{ ref('stg_daily_segments') }}
        where value = '(other)'
    ))
