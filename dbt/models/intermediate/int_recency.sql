{{ config(order_by='(event_date, days_since_active)') }}

-- How long each active day stays its user's latest one. 30 days and more are all the same: no window is longer.
with latest as (
    select
        active_date,
        least(next_active_date - active_date, 30) as days_latest,
        count() as users
    from {{ ref('int_users') }}
    array join
        active_dates as active_date,
        arrayShiftLeft(active_dates, 1, toDate('2149-06-06')) as next_active_date
    group by active_date, days_latest
)

select
    active_date + days_since_active as event_date,
    days_since_active,
    sum(users) as users
from latest
array join range(toUInt8(days_latest)) as days_since_active
group by event_date, days_since_active
having event_date <= (select max(event_date) from {{ ref('int_days') }})
