{{ config(order_by='(ab_test_id, metric, ab_group)') }}

with groups as (
    select
        ab_test_id,
        ab_group,
        countIf(is_member) as users
    from (
        select ab_test_id, ab_group, not is_crossover as is_member from {{ ref('int_ab_test_users') }}
        union all
        select ab_test_id, arrayJoin(ab_groups), false from {{ ref('int_ab_tests') }}
    )
    group by ab_test_id, ab_group
),

published_days as (
    select
        tests.ab_test_id as ab_test_id,
        tests.first_exposed_date as first_exposed_date,
        countIf(loads.event_date >= tests.first_exposed_date) as days
    from {{ ref('int_ab_tests') }} as tests
    cross join {{ ref('published_loads') }} as loads
    group by ab_test_id, first_exposed_date
),

metrics as (
    select
        published_days.ab_test_id as ab_test_id,
        daily.metric as metric,
        toBool(countIf(daily.event_date >= published_days.first_exposed_date) = any(published_days.days)) as is_known
    from published_days
    cross join {{ ref('stg_daily_metrics') }} as daily
    group by ab_test_id, metric
),

sums as (
    select
        ab_test_id,
        metric,
        ab_group,
        toInt256(count()) as users,
        sum(micros) as total,
        sum(micros * micros) as squares
    from (
        select ab_test_id, metric, ab_group, toInt256(toDecimal256(total, 6) * 1000000) as micros
        from {{ ref('int_ab_test_user_metrics') }}
    )
    group by ab_test_id, metric, ab_group
)

-- Users without an event add 0 to the numerators, so only the denominators need them.
select
    groups.ab_test_id as ab_test_id,
    toLowCardinality(kind.1) as metric,
    toLowCardinality(groups.ab_group) as ab_group,
    metrics.is_known as is_known,
    groups.users as users,
    kind.2 as numerators,
    groups.users * kind.4 as denominators,
    kind.3 as numerator_squares,
    kind.2 * kind.4 as products,
    groups.users * kind.4 * kind.4 as denominator_squares
from groups
inner join metrics on groups.ab_test_id = metrics.ab_test_id
left join sums
    on groups.ab_test_id = sums.ab_test_id and groups.ab_group = sums.ab_group and metrics.metric = sums.metric
array join [
    (toString(metrics.metric), sums.total, sums.squares, toInt256(1000000)),
    (metrics.metric || '_users', sums.users, sums.users, toInt256(1))
] as kind
-- A metric of some days may have the name of another one's users on other days: the metric itself counts.
where kind.1 = metrics.metric or kind.1 not in (select metric from {{ ref('stg_daily_metrics') }})
