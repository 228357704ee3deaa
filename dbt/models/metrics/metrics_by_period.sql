{{ config(order_by='(period, period_start, metric)') }}

with sums as (
    {% for period in ['week', 'month'] %}
    select
        '{{ period }}' as period,
        {{ period_start(period, 'event_date') }} as period_start,
        metric,
        count() as known_days,
        sum(events) as events,
        sum(total) as total
    from {{ ref('stg_daily_metrics') }}
    group by period_start, metric
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

metric_users as (
    select
        period,
        period_start,
        metric,
        sum(users) as users
    from {{ ref('int_metric_period_users') }}
    group by period, period_start, metric
),

cells as (
    select
        periods.period as period,
        periods.period_start as period_start,
        metrics.metric as metric,
        activity.active_users as active_users,
        sums.known_days > 0 as is_known,
        if(is_known, sums.events, null) as events,
        if(is_known, sums.total, null) as total,
        toBool(periods.is_complete and sums.known_days = periods.published_days) as is_complete
    from {{ ref('int_periods') }} as periods
    cross join {{ ref('published_metrics') }} as metrics
    left join {{ ref('active_users_by_period') }} as activity
        on periods.period = activity.period and periods.period_start = activity.period_start
    left join sums
        on
            periods.period = sums.period
            and periods.period_start = sums.period_start
            and metrics.metric = sums.metric
    where periods.period in ('week', 'month')
)

select
    cells.period as period,
    cells.period_start as period_start,
    cells.metric as metric,
    if(cells.is_known, metric_users.users, null) as users,
    cells.events as events,
    cells.total as total,
    cells.active_users as active_users,
    {{ ratio('metric_users.users', 'cells.active_users', when='cells.is_complete') }} as user_share,
    {{ ratio('cells.total', 'cells.active_users', when='cells.is_complete') }} as per_active_user,
    cells.is_complete as is_complete
from cells
left join metric_users
    on
        cells.period = metric_users.period
        and cells.period_start = metric_users.period_start
        and cells.metric = metric_users.metric
