-- Users of segments in the windows that end on the last day, counted anew from user days.
with last as (
    select
        dimension,
        value,
        event_date,
        dau,
        wau,
        mau
    from {{ ref('active_users_by_segment') }}
    where dau is not null
    order by event_date desc
    limit 1 by dimension, value
),

recounted as (
    select
        last.dimension as dimension,
        last.value as value,
        uniqExactIf(users.user_id, users.event_date = last.event_date) as dau,
        uniqExactIf(users.user_id, users.event_date > last.event_date - 7) as wau,
        uniqExactIf(users.user_id, users.event_date between last.event_date - 29 and last.event_date) as mau
    from (
        select
            user_id,
            event_date,
            dimension,
            dimensions[dimension] as value
        from {{ ref('stg_user_day') }}
        array join (select groupArray(dimension) from {{ ref('int_dimensions') }}) as dimension
        where event_date > (select min(event_date) from last) - 30
    ) as users
    inner join {{ ref('int_segment_values') }} as labels
        on users.dimension = labels.dimension and users.value = labels.value
    inner join last on labels.dimension = last.dimension and labels.label = last.value
    group by last.dimension, last.value
)

select *
from last
left join recounted using (dimension, value)
where last.dau != recounted.dau or last.wau != recounted.wau or last.mau != recounted.mau
