-- The same events and totals in every mart of a metric: by day, by week, by month.
with totals as (
    select
        'stg_daily_metrics' as mart,
        metric,
        sum(events) as events,
        sum(total) as total
    from {{ ref('stg_daily_metrics') }}
    group by metric
    union all
    select
        'metrics_by_period ' || periods.period as mart,
        periods.metric as metric,
        sum(assumeNotNull(periods.events)) as events,
        sum(assumeNotNull(periods.total)) as total
    from {{ ref('metrics_by_period') }} as periods
    where periods.events is not null
    group by periods.period, periods.metric
)

select
    metric,
    groupArray((mart, events, total)) as sums
from totals
group by metric
having count() != 3 or min((events, total)) != max((events, total))
