{{ config(materialized='in_buckets', order_by='(period, period_start, metric)') }}

-- The days of a user once, and of them the periods: a set of users for every period would take twice as long.
with user_periods as (
    select
        name,
        arrayDistinct(arrayMap(date -> {{ period_start('week', 'date') }}, dates)) as weeks,
        arrayDistinct(arrayMap(date -> {{ period_start('month', 'date') }}, dates)) as months
    from (
        select
            metric::String as name,
            groupArray(event_date) as dates
        from {{ ref('stg_user_metric_day') }}
        where {{ in_bucket() }}
        group by user_id, name
    )
)

select
    toLowCardinality(if(place > length(weeks), 'month', 'week')) as period,
    period_start,
    toLowCardinality(name) as metric,
    count() as users
from user_periods
array join
    arrayConcat(weeks, months) as period_start,
    arrayEnumerate(arrayConcat(weeks, months)) as place
group by period, period_start, metric
