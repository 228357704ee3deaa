-- Users active on 1, 2, .. 28 days of a window are its active users, counted another way (int_recency).
select
    event_date,
    sticky.users as users_by_days,
    recent.users as users_by_recency
from (
    select
        event_date,
        sum(users) as users
    from {{ ref('stickiness') }}
    where is_complete
    group by event_date
) as sticky
full join (
    select
        event_date,
        sum(users) as users
    from {{ ref('int_recency') }}
    where
        days_since_active < 28
        and event_date in (select event_date from {{ ref('stickiness') }} where is_complete)
    group by event_date
) as recent using (event_date)
where ifNull(users_by_days, 0) != users_by_recency
