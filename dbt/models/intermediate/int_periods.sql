{{ config(order_by='(period, period_start)') }}

with days as (
    {% for period in ['day', 'week', 'month'] %}
    select
        '{{ period }}' as period,
        {{ period_start(period, 'event_date') }} as period_start,
        date_diff('day', period_start, add{{ period | capitalize }}s(period_start, 1)) as period_days,
        is_published
    from {{ ref('int_days') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

periods as (
    select
        period,
        period_start,
        countIf(is_published) as published_days,
        toBool(published_days = any(period_days)) as is_complete
    from days
    group by period, period_start
)

select
    toLowCardinality(period) as period,
    period_start,
    published_days,
    is_complete,
    toBool(is_complete and lagInFrame(is_complete) over (
        partition by period order by period_start
        rows between unbounded preceding and current row
    )) as is_comparable
from periods
