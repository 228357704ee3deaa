{{ config(order_by='(ab_test_id, ab_group, metric, user_id)') }}

with exposed as (
    select
        ab_test_id,
        ab_group,
        user_id,
        exposed_date
    from {{ ref('int_ab_test_users') }}
    where not is_crossover
)

-- The days are the streamed side of the join, as in int_ab_test_users.
select
    exposed.ab_test_id as ab_test_id,
    exposed.ab_group as ab_group,
    exposed.user_id as user_id,
    days.metric as metric,
    sum(days.total) as total
from {{ ref('stg_user_metric_day') }} as days
inner join exposed on exposed.user_id = days.user_id
where days.event_date >= exposed.exposed_date
group by ab_test_id, ab_group, user_id, metric
