-- WAU and MAU of the last days, counted anew from user days.
with days as (
    select
        event_date,
        wau,
        mau
    from {{ ref('active_users') }}
    where wau is not null
    order by event_date desc
    limit 3
),

recounted as (
    select
        days.event_date as event_date,
        uniqExactIf(user_day.user_id, user_day.event_date > days.event_date - 7) as wau,
        uniqExact(user_day.user_id) as mau
    from {{ ref('stg_user_day') }} as user_day
    inner join days on true
    where user_day.event_date between days.event_date - 29 and days.event_date
    group by days.event_date
)

select *
from days
left join recounted on days.event_date = recounted.event_date
where days.wau != recounted.wau or days.mau != recounted.mau
