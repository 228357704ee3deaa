{#-
    Of the built-in metrics, the sums of each group's users by `keys`; `users` are rows like those of int_ab_test_users.
    Those that are no members did nothing: they count for nothing but that their group is there.
    Every metric is a ratio of two whole numbers per user; where it is a mean, the second is a constant. Their sums and
    the sums of their products are exact, so that neither the order nor the size of the values shows in any figure.
-#}
{% macro ab_test_sums(users, keys=[]) -%}
    select
        {{ keyed(keys) }}ab_test_id,
        kind.1 as metric,
        ab_group,
        true as is_known,
        users,
        kind.2 as numerators,
        kind.3 as denominators,
        kind.4 as numerator_squares,
        kind.5 as products,
        kind.6 as denominator_squares
    from (
        select
            {{ keyed(keys) }}ab_test_id,
            ab_group,
            countIf(is_member) as users,
            toInt256(countIf(task_successes > 0)) as successful,
            toInt256(countIf(positive_purchase_count > 0)) as paying,
            sum(toInt256(task_successes) as of_successes) as successes,
            sum(toInt256(task_attempts) as of_attempts) as attempts,
            sum(toInt256(revenue * 100) as of_cents) as cents,
            sum(toInt256(active_days) as of_days) as days,
            sum(of_successes * of_successes) as success_squares,
            sum(of_successes * of_attempts) as task_products,
            sum(of_attempts * of_attempts) as attempt_squares,
            sum(of_cents * of_cents) as cent_squares,
            sum(of_days * of_days) as day_squares
        from {{ users }}
        group by {{ keyed(keys) }}ab_test_id, ab_group
    )
    array join [
        {{ mean_per_user("'task_success_users'", 'successful', 'successful', 1) }},
        ('task_success_rate', successes, attempts, success_squares, task_products, attempt_squares),
        {{ mean_per_user("'purchase_conversion'", 'paying', 'paying', 1) }},
        {{ mean_per_user("'revenue_per_user'", 'cents', 'cent_squares', 100) }},
        {{ mean_per_user("'active_days'", 'days', 'day_squares', 1) }}
    ] as kind
{%- endmacro %}

{#-
    A metric whose figure of a user is divided by a constant, from the sum of the figures and of their squares:
    (metric, and the sums of numerators, denominators, their squares and products, in the order of the columns).
-#}
{% macro mean_per_user(metric, sum, squares, divisor) -%}
    (
        {{ metric }}, {{ sum }}, toInt256(users) * {{ divisor }}, {{ squares }}, {{ sum }} * {{ divisor }},
        toInt256(users) * {{ divisor * divisor }}
    )
{%- endmacro %}

{#-
    The same of the metrics of the settings: `groups` are rows of keys, test, group and users, `totals` rows like those
    of int_ab_test_user_metrics.
-#}
{% macro ab_test_metric_sums(groups, totals, keys=[]) -%}
    -- Users without an event add 0 to the numerators, so only the denominators need them.
    select
        {{ keyed_of('groups', keys) }}groups.ab_test_id as ab_test_id,
        toLowCardinality(kind.1) as metric,
        toLowCardinality(groups.ab_group) as ab_group,
        metrics.is_known as is_known,
        groups.users as users,
        kind.2 as numerators,
        kind.3 as denominators,
        kind.4 as numerator_squares,
        kind.5 as products,
        kind.6 as denominator_squares
    from {{ groups }} as groups
    inner join ({{ ab_test_metrics() }}) as metrics on groups.ab_test_id = metrics.ab_test_id
    left join (
        select
            {{ keyed(keys) }}ab_test_id,
            metric,
            ab_group,
            toInt256(count()) as with_event,
            sum(toInt256(toDecimal256(total, 6) * 1000000) as micros) as total_micros,
            sum(micros * micros) as micro_squares
        from {{ totals }}
        group by {{ keyed(keys) }}ab_test_id, metric, ab_group
    ) as sums
        on
            {{ same_keys('groups', 'sums', keys) }}groups.ab_test_id = sums.ab_test_id
            and groups.ab_group = sums.ab_group and metrics.metric = sums.metric
    array join [
        {{ mean_per_user('toString(metrics.metric)', 'total_micros', 'micro_squares', 1000000) }},
        {{ mean_per_user("metrics.metric || '_users'", 'with_event', 'with_event', 1) }}
    ] as kind
    -- A metric of some days may have the name of another one's users on other days: the metric itself counts.
    where kind.1 = metrics.metric or kind.1 not in (select metric from {{ ref('stg_daily_metrics') }})
{%- endmacro %}

{#- The metrics of the settings by test, and whether every published day since its first exposure knows them. -#}
{% macro ab_test_metrics() -%}
    select
        published_days.ab_test_id as ab_test_id,
        daily.metric as metric,
        toBool(countIf(daily.event_date >= published_days.first_exposed_date) = any(published_days.days)) as is_known
    from (
        select
            tests.ab_test_id as ab_test_id,
            tests.first_exposed_date as first_exposed_date,
            countIf(loads.event_date >= tests.first_exposed_date) as days
        from {{ ref('int_ab_tests') }} as tests
        cross join {{ ref('published_loads') }} as loads
        group by ab_test_id, first_exposed_date
    ) as published_days
    cross join {{ ref('stg_daily_metrics') }} as daily
    group by ab_test_id, metric
{%- endmacro %}

{#- Each group of these sums, its mean and squared error, and how it differs from its test's control, by `keys`. -#}
{% macro ab_test_comparisons(sums, keys=[]) -%}
    select
        {{ keyed_of('arms', keys) }}arms.ab_test_id as ab_test_id,
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
        ) over (partition by {{ keyed(keys) }}ab_test_id, metric) as control,
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
    from (
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
        from {{ sums }}
    ) as arms
    inner join {{ ref('int_ab_tests') }} as tests using (ab_test_id)
{%- endmacro %}

{#- The same with the p value of each difference and half the width of its interval: NULL where nothing can be said. -#}
{% macro ab_test_verdicts(sums, keys=[]) -%}
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
    from ({{ ab_test_comparisons(sums, keys) }})
{%- endmacro %}
