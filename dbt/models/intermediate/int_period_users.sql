{{ config(order_by='(period, period_start)') }}

{% for period in ['day', 'week', 'month'] %}
select
    toLowCardinality('{{ period }}') as period,
    period_start,
    count() as active_users,
    countIf(previous_start = toDate(0)) as new_users,
    countIf(previous_start = {{ previous_period_start(period, 'period_start') }}) as returning_users
from (
    select arrayDistinct(arrayMap(active_date -> {{ period_start(period, 'active_date') }}, active_dates)) as starts
    from {{ ref('int_users') }}
)
array join
    starts as period_start,
    arrayShiftRight(starts, 1) as previous_start
group by period_start
{{ 'union all' if not loop.last }}
{% endfor %}
