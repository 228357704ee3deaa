-- WAU of segments on the last day, counted anew from user days. MAU comes from the same query (int_segment_recency).
with last as (
    select
        dimension,
        value,
        event_date,
        wau
    from {{ ref('active_users_by_segment') }}
    where wau is not null
    order by event_date desc
    limit 1 by dimension, value
),

recounted as (
    select
        labels.dimension as dimension,
        labels.label as value,
        uniqExact(users.user_id) as wau
    from (
        select
            user_id,
            event_date,
            dimension,
            dimensions[dimension] as value
        from {{ ref('stg_user_day') }}
        array join (select groupArray(dimension) from {{ ref('int_dimensions') }}) as dimension
        where event_date > (select min(event_date) from last) - 7
    ) as users
    inner join {{ ref('int_segment_values') }} as labels
        on users.dimension = labels.dimension and users.value = labels.value
    inner join last on labels.dimension = last.dimension and labels.label = last.value
    where users.event_date between last.event_date - 6 and last.event_date
    group by dimension, value
)

select *
from last
left join recounted using (dimension, value)
where last.wau != recounted.wau
