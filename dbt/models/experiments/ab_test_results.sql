{{ config(order_by='(ab_test_id, metric, ab_group)') }}

with members as (
    select
        ab_test_id, ab_group, not is_crossover as is_member,
        task_attempts, task_successes, positive_purchase_count, revenue, active_days
    from {{ ref('int_ab_test_users') }}
    union all
    -- A group has its row without any user, too.
    select ab_test_id, arrayJoin(ab_groups), false, 0, 0, 0, 0, 0
    from {{ ref('int_ab_tests') }}
),

sums as (
    {{ ab_test_sums('members') }}
    union all
    select * from {{ ref('int_ab_test_metric_sums') }}
),

verdicts as (
    {{ ab_test_verdicts('sums') }}
),

adjusted as (
    select
        *,
        arraySort(groupArray(p_value) over (partition by ab_test_id)) as p_values,
        {{ holm('p_value', 'p_values') }} as p_value_adjusted
    from verdicts
)

select
    toLowCardinality(ab_test_id) as ab_test_id,
    toLowCardinality(metric) as metric,
    toLowCardinality(ab_group) as ab_group,
    users,
    mean,
    sqrt(squared_error * users) as stddev,
    control_group,
    control.mean as control_mean,
    absolute_difference,
    if(control_mean = 0, null, absolute_difference / abs(control_mean)) as relative_lift,
    absolute_difference - margin as ci_low,
    absolute_difference + margin as ci_high,
    p_value,
    p_value_adjusted,
    if(srm_ok = false, null, p_value_adjusted < 0.05)::Nullable(Bool) as is_significant,
    crossover_users,
    srm_p_value,
    srm_ok,
    crossover_p_value,
    crossovers_ok,
    toBool(is_complete) as is_complete,
    assumeNotNull((select max(event_date) from {{ ref('published_loads') }})) as as_of
from adjusted
