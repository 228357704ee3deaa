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

-- Every metric is a ratio of two whole numbers per user; where it is a mean, the second is a constant. Their sums and
-- the sums of their products are exact, so that neither the order nor the size of the values shows in any figure.
built_in as (
    select
        ab_test_id,
        metric,
        ab_group,
        true as is_known,
        countIf(is_member) as users,
        sumIf(numerator, is_member) as numerators,
        sumIf(denominator, is_member) as denominators,
        sumIf(numerator * numerator, is_member) as numerator_squares,
        sumIf(numerator * denominator, is_member) as products,
        sumIf(denominator * denominator, is_member) as denominator_squares
    from members
    array join
        ['task_success_users', 'task_success_rate', 'purchase_conversion', 'revenue_per_user', 'active_days'] as metric,
        [
            toInt256(task_successes > 0), toInt256(task_successes), toInt256(positive_purchase_count > 0),
            toInt256(revenue * 100), toInt256(active_days)
        ] as numerator,
        [toInt256(1), toInt256(task_attempts), toInt256(1), toInt256(100), toInt256(1)] as denominator
    group by ab_test_id, metric, ab_group
),

arms as (
    select
        *,
        -- Σ (numerator × denominators − numerators × denominator)²: the linearised values' distances from the ratio
        numerator_squares * denominators * denominators
            - 2 * products * numerators * denominators
            + denominator_squares * numerators * numerators as squares,
        {{ ratio('numerators', 'toFloat64(denominators)') }} as mean,
        -- sample variance of the linearised values ÷ users
        if(
            users < 2 or denominators = 0,
            null,
            toFloat64(squares) * users / (users - 1) / pow(toFloat64(denominators), 4)
        ) as squared_error
    from (
        select * from built_in
        union all
        select * from {{ ref('int_ab_test_metric_sums') }}
    )
),

comparisons as (
    select
        arms.ab_test_id as ab_test_id,
        arms.metric as metric,
        arms.ab_group as ab_group,
        arms.users as users,
        arms.mean as mean,
        arms.squared_error as squared_error,
        tests.control_group,
        tests.crossover_users,
        tests.srm_p_value,
        tests.srm_ok,
        tests.crossover_p_value,
        tests.crossovers_ok,
        tests.is_complete and arms.is_known as is_complete,
        anyIf(
            (users, numerators, denominators, mean, squared_error)::Tuple( -- noqa: CP01
                users UInt64, numerators Int256, denominators Int256,
                mean Nullable(Float64), squared_error Nullable(Float64)
            ),
            ab_group = control_group
        ) over (partition by ab_test_id, metric) as control,
        if(
            ab_group = control_group or not is_complete,
            null,
            {{ ratio(
                '(numerators * control.denominators - control.numerators * denominators)',
                'toFloat64(denominators * control.denominators)',
            ) }}
        ) as absolute_difference,
        coalesce(squared_error, 0.) as variance,
        coalesce(control.squared_error, 0.) as control_variance,
        sqrt(variance + control_variance) as standard_error,
        -- Of a test without a control, control.squared_error is NULL.
        ab_group != control_group and is_complete and isNotNull(squared_error)
            and isNotNull(control.squared_error) and standard_error > 0 as has_verdict
    from arms
    inner join {{ ref('int_ab_tests') }} as tests using (ab_test_id)
),

verdicts as (
    select
        *,
        if(has_verdict, users, 0) as tested_users,
        if(has_verdict, control.users, 0) as tested_control_users,
        variance / (variance + control_variance) as share,
        1 - share as control_share,
        -- At more than 10⁷ standard errors every p value is 0 to seven decimals, and the test itself loses its digits.
        least(abs(coalesce(absolute_difference, 0.)) / standard_error, 1e7) as t,
        {% set arms = ['tested_control_users', 'control_share', 'tested_users', 'share'] -%}
        if(has_verdict, tupleElement({{ welch_test('t', *arms) }}, 2), null) as p_value,
        -- With no difference the interval's upper end is the quantile of t itself.
        if(has_verdict, tupleElement({{ welch_test('0.', *arms) }}, 4), null) * standard_error as margin
    from comparisons
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
