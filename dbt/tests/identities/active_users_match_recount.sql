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

users as (
    select groupArray(event_date) as active_dates
    from {{ ref('stg_user_day') }}
    where event_date > (select min(event_date) from days) - 30
    group by user_id
),

recounted as (
    select
        days.event_date as event_date,
        countIf(arrayExists(d -> d between days.event_date - 6 and days.event_date, active_dates)) as wau,
        countIf(arrayExists(d -> d between days.event_date - 29 and days.event_date, active_dates)) as mau
    from users
    cross join days
    group by days.event_date
)

select *
from days
left join recounted on days.event_date = recounted.event_date
where days.wau != recounted.wau or days.mau != recounted.mau
