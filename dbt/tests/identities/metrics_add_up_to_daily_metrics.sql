-- Metrics of a day, added up over its users and divided by dau: a user that is there twice shows.
with by_user as (
    select
        event_date,
        metric,
        count() as users,
        sum(events) as events,
        sum(total) as total,
        sum(not_numeric) as not_numeric
    from {{ ref('stg_user_metric_day') }}
    group by event_date, metric
),

figures as (
    select
        event_date,
        metric,
        activity.dau as dau,
        (daily.users, daily.events, daily.total, daily.not_numeric) as of_day,
        (by_user.users, by_user.events, by_user.total, by_user.not_numeric) as of_users,
        (daily.user_share, daily.per_active_user, daily.per_user) as shares,
        {{ ratio('daily.users', 'activity.dau') }} as user_share,
        {{ ratio('daily.total', 'activity.dau') }} as per_active_user,
        {{ ratio('daily.total', 'daily.users') }} as per_user
    from {{ ref('stg_daily_metrics') }} as daily
    full join by_user using (event_date, metric)
    left join {{ ref('stg_daily_activity') }} as activity using (event_date)
)

select *
from figures
where
    of_day != of_users
    or of_day.1 > dau
    or {{ differs('shares.1', 'user_share') }}
    or {{ differs('shares.2', 'per_active_user') }}
    or {{ differs('shares.3', 'per_user') }}
