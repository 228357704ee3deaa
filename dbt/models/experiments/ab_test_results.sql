{{ config(order_by='(ab_test_id, metric, ab_group)') }}

with members as (
    select
        *,
        not is_crossover and not is_waiting as weight
    from {{ ref('int_ab_test_users') }}
),

-- A group has its row without any user, too.
placed as (
    {% set figures = [
        'active_days', 'task_attempts', 'task_successes', 'positive_purchase_count', 'revenue',
        'active_days_before', 'task_successes_before', 'positive_purchase_count_before', 'revenue_before',
    ] -%}
    select
        ab_test_id, ab_group, weight
        {%- for figure in figures %},
        {{ figure }}
        {%- endfor %}
    from members
    union all
    select
        ab_test_id, arrayJoin(ab_groups), false
        {%- for figure in figures %},
        0
        {%- endfor %}
    from {{ ref('int_ab_tests') }}
),

sums as (
    {{ ab_test_sums('placed', has_covariates=true) }}
    union all
    select
        ab_test_id, ab_group, is_known, is_known_before, users, metric
        {%- for name in ab_test_sum_names() %},
        {{ name }}
        {%- endfor %}
    from {{ ref('int_ab_test_metric_sums') }}
),

compared as (
    {{ ab_test_cuped(ab_test_sequential(ab_test_verdicts(ab_test_comparisons('sums')))) }}
),

adjusted as (
    select
        *,
        arraySort(groupArray(p_value) over (partition by ab_test_id)) as p_values,
        arraySort(groupArray(sequential_p_value) over (partition by ab_test_id)) as sequential_p_values,
        {{ holm('p_value', 'p_values') }} as p_value_adjusted,
        {{ holm('sequential_p_value', 'sequential_p_values') }} as sequential_p_value_adjusted
    from compared
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
    absolute_difference - sequential_margin as sequential_ci_low,
    absolute_difference + sequential_margin as sequential_ci_high,
    sequential_p_value,
    sequential_p_value_adjusted,
    if(srm_ok = false, null, sequential_p_value_adjusted < 0.05)::Nullable(Bool) as is_significant_sequential,
    cuped_difference,
    cuped_difference - cuped_margin as cuped_ci_low,
    cuped_difference + cuped_margin as cuped_ci_high,
    cuped_p_value,
    variance_reduction,
    -- The normal quantiles of 0.975 and of 0.8.
    if(has_verdict, (1.959963985 + 0.841621234) * standard_error, null) as mde,
    crossover_users,
    waiting_users,
    srm_p_value,
    srm_ok,
    crossover_p_value,
    crossovers_ok,
    toLowCardinality(multiIf(
        coalesce(metric = primary_metric, false), 'primary',
        has(guardrail_metrics, metric), 'guardrail',
        'other'
    )) as role,
    is_final,
    toBool(is_complete) as is_complete,
    assumeNotNull((select max(event_date) from {{ ref('published_loads') }})) as as_of
from adjusted
