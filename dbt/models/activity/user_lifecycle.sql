{{ config(order_by='(period, period_start)') }}

with periods as (
    select
        calendar.period as period,
        calendar.period_start as period_start,
        calendar.is_comparable as is_comparable,
        users.active_users as active_users,
        users.new_users as new_users,
        users.returning_users as returning_users,
        lagInFrame(users.active_users) over (
            partition by calendar.period order by calendar.period_start
            rows between unbounded preceding and current row
        ) as previous_active_users
    from {{ ref('int_periods') }} as calendar
    left join {{ ref('int_period_users') }} as users
        on calendar.period = users.period and calendar.period_start = users.period_start
    where calendar.period in ('day', 'week')
)

select
    period,
    period_start,
    if(is_comparable, new_users, null) as new_users,
    if(is_comparable, returning_users, null) as returning_users,
    if(is_comparable, toUInt64(active_users - new_users - returning_users), null) as resurrected_users,
    if(is_comparable, toUInt64(previous_active_users - returning_users), null) as dormant_users,
    is_comparable as is_complete
from periods
