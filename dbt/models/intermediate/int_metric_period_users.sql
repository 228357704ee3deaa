{{ config(materialized='in_buckets', order_by='(period, period_start, metric)') }}

-- The days of a user once, and of them the periods: a set of users for every period would take twice as long.
with user_periods as (
    select
        metric,
        arrayDistinct(arrayConcat(
            {% for period in ['week', 'month'] %}
            arrayMap(date -> ('{{ period }}', {{ period_start(period, 'date') }}), groupArray(event_date))
            {{- ',' if not loop.last }}
            {% endfor %}
        )) as periods
    from {{ ref('stg_user_metric_day') }}
    where {{ in_bucket() }}
    group by user_id, metric
)

select
    toLowCardinality(user_period.1) as period,
    user_period.2 as period_start,
    metric,
    count() as users
from user_periods
array join periods as user_period
group by period, period_start, metric
