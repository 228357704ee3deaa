{{ config(order_by='(period, period_start)') }}

select
    periods.period as period,
    periods.period_start as period_start,
    if(periods.published_days > 0, users.active_users, null) as active_users,
    periods.is_complete as is_complete
from {{ ref('int_periods') }} as periods
left join {{ ref('int_period_users') }} as users
    on periods.period = users.period and periods.period_start = users.period_start
where periods.period in ('week', 'month')
