-- new + returning + resurrected = active users; dormant + returning = active users of the period before.
with active as (
    select
        'day' as period,
        event_date as period_start,
        dau as active_users
    from {{ ref('active_users') }}
    union all
    select
        period,
        period_start,
        active_users
    from {{ ref('active_users_by_period') }}
)

select
    lifecycle.*,
    active.active_users,
    previous.active_users as previous_active_users
from {{ ref('user_lifecycle') }} as lifecycle
left join active on lifecycle.period = active.period and lifecycle.period_start = active.period_start
left join active as previous
    on
        lifecycle.period = previous.period
        and lifecycle.period_start - if(lifecycle.period = 'day', 1, 7) = previous.period_start
where
    lifecycle.new_users + lifecycle.returning_users + lifecycle.resurrected_users != active.active_users
    or lifecycle.dormant_users + lifecycle.returning_users != previous.active_users
