{{ config(order_by='(dimension, value, ab_test_id, metric, ab_group)') }}

{% set keys = ['dimension', 'value'] %}

with members as (
    select
        *,
        1 as weight
    from {{ ref('int_ab_test_segment_users') }}
),

groups as (
    select
        {{ keyed(keys) }}ab_test_id,
        ab_group,
        count() as users
    from members
    group by {{ keyed(keys) }}ab_test_id, ab_group
),

totals as (
    select
        {{ keyed_of('members', keys) }}metrics.ab_test_id as ab_test_id,
        metrics.ab_group as ab_group,
        metrics.metric as metric,
        1 as weight,
        metrics.days_with_event as days_with_event,
        metrics.total as total
    from {{ ref('int_ab_test_user_metrics') }} as metrics
    inner join members on metrics.ab_test_id = members.ab_test_id and metrics.user_id = members.user_id
    where not metrics.is_crossover
),

sums as (
    {{ ab_test_sums('members', keys) }}
    union all
    {{ ab_test_metric_sums('groups', 'totals', keys) }}
),

verdicts as (
    {{ ab_test_sequential(ab_test_verdicts(ab_test_comparisons('sums', keys))) }}
),

adjusted as (
    select
        *,
        arraySort(groupArray(p_value) over (partition by dimension, ab_test_id, metric)) as p_values,
        arraySort(
            groupArray(sequential_p_value) over (partition by dimension, ab_test_id, metric)
        ) as sequential_p_values,
        {{ holm('p_value', 'p_values') }} as p_value_adjusted,
        {{ holm('sequential_p_value', 'sequential_p_values') }} as sequential_p_value_adjusted
    from verdicts
)

select
    toLowCardinality(dimension) as dimension,
    value,
    toLowCardinality(ab_test_id) as ab_test_id,
    toLowCardinality(metric) as metric,
    toLowCardinality(ab_group) as ab_group,
    users,
    mean,
    absolute_difference,
    absolute_difference - margin as ci_low,
    absolute_difference + margin as ci_high,
    p_value,
    p_value_adjusted,
    absolute_difference - sequential_margin as sequential_ci_low,
    absolute_difference + sequential_margin as sequential_ci_high,
    sequential_p_value,
    sequential_p_value_adjusted,
    toBool(is_complete) as is_complete
from adjusted
