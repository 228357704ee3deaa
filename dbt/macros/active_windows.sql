{#- Users by the time since they were last active (int_recency). `users` has their `active_dates` in order, one row per
    user, and per `keys` where there are any. -#}
{% macro recency(users, keys=[]) -%}
-- How long each active day stays its user's latest one. 30 days and more are all the same: no window is longer.
with latest as (
    select
        {{ keyed(keys) }}active_date,
        least(next_active_date - active_date, 30) as days_latest,
        count() as users
    from {{ users }}
    array join
        active_dates as active_date,
        arrayShiftLeft(active_dates, 1, toDate('2149-06-06')) as next_active_date
    group by {{ keyed(keys) }}active_date, days_latest
)

select
    {{ keyed(keys) }}active_date + days_since_active as event_date,
    days_since_active,
    sum(users) as users
from latest
array join range(toUInt8(days_latest)) as days_since_active
group by {{ keyed(keys) }}event_date, days_since_active
having event_date <= (select max(event_date) from {{ ref('int_days') }})
{%- endmacro %}

{#- Distinct users of the 1, 7 and 30 days that end on a day. -#}
{% macro active_windows(recency, keys=[]) -%}
    select
        {{ keyed(keys) }}event_date,
        sumIf(users, days_since_active = 0) as dau,
        sumIf(users, days_since_active < 7) as wau,
        sumIf(users, days_since_active < 30) as mau
    from {{ recency }}
    group by {{ keyed(keys) }}event_date
{%- endmacro %}
