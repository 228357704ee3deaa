{{ config(order_by='(period, period_start)') }}

with revenue as (
    {% for period in ['week', 'month'] %}
    select
        '{{ period }}' as period,
        {{ period_start(period, 'event_date') }} as period_start,
        sum(revenue) as total
    from {{ ref('stg_daily_revenue') }}
    group by period_start
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

payers as (
    {% for period in ['week', 'month'] %}
    select
        '{{ period }}' as period,
        arrayJoin(
            arrayDistinct(arrayMap(payer_date -> {{ period_start(period, 'payer_date') }}, payer_dates))
        ) as period_start,
        count() as users
    from {{ ref('int_users') }}
    group by period_start
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    activity.period as period,
    activity.period_start as period_start,
    if(isNull(activity.active_users), null, toDecimal64(revenue.total, 2)) as revenue,
    activity.active_users as active_users,
    if(isNull(activity.active_users), null, payers.users) as payers,
    {{ ratio('revenue.total', 'activity.active_users', when='activity.is_complete') }} as arpu,
    {{ ratio('revenue.total', 'payers.users', when='activity.is_complete') }} as arppu,
    {{ ratio('payers.users', 'activity.active_users', when='activity.is_complete') }} as payer_share,
    activity.is_complete as is_complete
from {{ ref('active_users_by_period') }} as activity
left join revenue on activity.period = revenue.period and activity.period_start = revenue.period_start
left join payers on activity.period = payers.period and activity.period_start = payers.period_start
