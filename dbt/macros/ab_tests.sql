{#- Days before the day of exposure that CUPED takes a user's own figure from. -#}
{% macro days_before_exposure() -%} 14 {%- endmacro %}

{#- Whether a row's day may count for any user, so that days before all tests go unread: `date` of `users` is the day of
    exposure, or one not after it. Without a row of users no day does. -#}
{% macro may_count_in_tests(date, users) -%}
    event_date >= (select minOrNull({{ date }}) - {{ days_before_exposure() }} from {{ users }})
{%- endmacro %}

{#- The largest date there is, for what has no end. -#}
{% macro last_of_dates() -%} toDate('2149-06-06') {%- endmacro %}

{#- The built-in metrics of tests, by name. -#}
{% macro ab_test_metric_names() -%}
    ['task_success_users', 'task_success_rate', 'purchase_conversion', 'revenue_per_user', 'active_days']
{%- endmacro %}

{#-
    Of the built-in metrics, the sums of each group's users by `keys`; `users` are rows of users with their figures
    (int_ab_test_users) and the weight that each has in the sums: 1, or -1 to take a user out again, or 0 for a row
    that only says that the group is there.
    Every metric is a ratio of two whole numbers per user; where it is a mean, the second is a constant. Their sums and
    the sums of their products are exact, so that neither the order nor the size of the values shows in any figure.
    A covariate is the same figure of the days before exposure, of which `has_covariates` says whether the rows have
    it; the ratio has none.
-#}
{% macro ab_test_sums(users, keys=[], has_covariates=false) -%}
    select
        {{ keyed(keys) }}ab_test_id,
        ab_group,
        true as is_known,
        true as is_known_before,
        users,
        {{ ab_test_sum_columns() }}
    from (
        select
            {{ keyed(keys) }}ab_test_id,
            ab_group,
            toInt256(sum(weight)) as users,
            {% set figures = [
                ('successful', 'task_successes > 0', 'task_successes_before > 0'),
                ('paying', 'positive_purchase_count > 0', 'positive_purchase_count_before > 0'),
                ('cents', 'revenue * 100', 'revenue_before * 100'),
                ('days', 'active_days', 'active_days_before'),
            ] -%}
            {% for name, figure, covariate in figures -%}
            {{ ab_test_moments(name, figure, covariate if has_covariates) }},
            {% endfor -%}
            sum(weight * (toInt256(task_successes) as of_successes)) as successes,
            sum(weight * (toInt256(task_attempts) as of_attempts)) as attempts,
            sum(weight * of_successes * of_successes) as success_squares,
            sum(weight * of_successes * of_attempts) as task_products,
            sum(weight * of_attempts * of_attempts) as attempt_squares
        from {{ users }}
        group by {{ keyed(keys) }}ab_test_id, ab_group
    )
    array join [
        {{ mean_per_user("'task_success_users'", 'successful', 1) }},
        (
            'task_success_rate', successes, attempts, success_squares, task_products, attempt_squares,
            toInt256(0), toInt256(0), toInt256(0)
        ),
        {{ mean_per_user("'purchase_conversion'", 'paying', 1) }},
        {{ mean_per_user("'revenue_per_user'", 'cents', 100) }},
        {{ mean_per_user("'active_days'", 'days', 1) }}
    ] as kind
{%- endmacro %}

{#- Sums of a figure of the users and of its covariate, if there is one: of both, of their squares, of their product. -#}
{% macro ab_test_moments(name, figure, covariate) -%}
    {% set y, x = name ~ '_of_user', name ~ '_before' -%}
    (
        sum(weight * (toInt256({{ figure }}) as {{ y }})),
        sum(weight * {{ y }} * {{ y }}),
        {%- if covariate %}
        sum(weight * (toInt256({{ covariate }}) as {{ x }})),
        sum(weight * {{ x }} * {{ x }}),
        sum(weight * {{ x }} * {{ y }})
        {%- else %}
        toInt256(0), toInt256(0), toInt256(0)
        {%- endif %}
    ) as {{ name }}
{%- endmacro %}

{#- A metric whose figure of a user is divided by a constant, from its moments: its name and what is added up. -#}
{% macro mean_per_user(metric, moments, divisor) -%}
    (
        {{ metric }}, {{ moments }}.1, users * {{ divisor }}, {{ moments }}.2, {{ moments }}.1 * {{ divisor }},
        users * {{ divisor * divisor }}, {{ moments }}.3, {{ moments }}.4, {{ moments }}.5
    )
{%- endmacro %}

{#- What is added up of a metric. -#}
{% macro ab_test_sum_names() -%}
    {{ return([
        'numerators', 'denominators', 'numerator_squares', 'products', 'denominator_squares',
        'covariates', 'covariate_squares', 'covariate_products',
    ]) }}
{%- endmacro %}

{#- The same as columns, behind the metric's name, from a tuple `kind`. -#}
{% macro ab_test_sum_columns() -%}
    toLowCardinality(toString(kind.1)) as metric
    {%- for name in ab_test_sum_names() %},
        kind.{{ loop.index + 1 }} as {{ name }}
    {%- endfor %}
{%- endmacro %}

{#-
    The same of the metrics of the settings: `groups` are rows of keys, test, group and users, `totals` rows of users
    with their weight and their total, and that of the days before exposure where `has_covariates`.
-#}
{% macro ab_test_metric_sums(groups, totals, keys=[], has_covariates=false) -%}
    -- Users without an event add 0 to the numerators, so only the denominators need them.
    select
        {{ keyed(keys) }}ab_test_id,
        ab_group,
        is_known,
        is_known_before,
        users,
        {{ ab_test_sum_columns() }}
    from (
        select
            {{ keyed_of('groups', keys) }}groups.ab_test_id as ab_test_id,
            toLowCardinality(groups.ab_group) as ab_group,
            metrics.metric as of_metric,
            metrics.is_known as is_known,
            metrics.is_known_before as is_known_before,
            toInt256(groups.users) as users,
            sums.totals as totals,
            sums.with_event as with_event
        from {{ groups }} as groups
        inner join ({{ ab_test_metrics() }}) as metrics on groups.ab_test_id = metrics.ab_test_id
        left join (
            select
                {{ keyed(keys) }}ab_test_id,
                metric,
                ab_group,
                {{ ab_test_moments('totals', micros('total'), micros('total_before') if has_covariates) }},
                {{ ab_test_moments('with_event', 'days_with_event > 0', 'days_with_event_before > 0' if has_covariates) }}
            from {{ totals }}
            group by {{ keyed(keys) }}ab_test_id, metric, ab_group
        ) as sums
            on
                {{ same_keys('groups', 'sums', keys) }}groups.ab_test_id = sums.ab_test_id
                and groups.ab_group = sums.ab_group and metrics.metric = sums.metric
    )
    array join [
        {{ mean_per_user('toString(of_metric)', 'totals', 1000000) }},
        {{ mean_per_user("of_metric || '_users'", 'with_event', 1) }}
    ] as kind
    -- A metric of some days may have the name of another one's users on other days: the metric itself counts.
    where kind.1 = of_metric or kind.1 not in (select metric from {{ ref('stg_daily_metrics') }})
{%- endmacro %}

{% macro micros(total) -%} toDecimal256({{ total }}, 6) * 1000000 {%- endmacro %}

{#-
    The metrics of the settings by test, and whether every published day that counts knows them: those since its first
    exposure, and these with the days before it.
-#}
{% macro ab_test_metrics() -%}
    select
        published_days.ab_test_id as ab_test_id,
        daily.metric as metric,
        {{ known_since('published_days.first_exposed_date', 'days') }} as is_known,
        {{ known_since('published_days.first_exposed_date - ' ~ days_before_exposure(), 'days_before') }}
            as is_known_before
    from (
        select
            tests.ab_test_id as ab_test_id,
            tests.first_exposed_date as first_exposed_date,
            tests.judged_until as judged_until,
            countIf(loads.event_date >= tests.first_exposed_date) as days,
            countIf(loads.event_date >= tests.first_exposed_date - {{ days_before_exposure() }}) as days_before
        from {{ ref('int_ab_tests') }} as tests
        cross join {{ ref('published_loads') }} as loads
        where loads.event_date <= tests.judged_until
        group by ab_test_id, first_exposed_date, judged_until
    ) as published_days
    cross join {{ ref('stg_daily_metrics') }} as daily
    group by ab_test_id, metric
{%- endmacro %}

{% macro known_since(first, days) -%}
    toBool(
        countIf(daily.event_date >= {{ first }} and daily.event_date <= published_days.judged_until)
        = any(published_days.{{ days }})
    )
{%- endmacro %}

{#-
    Each group of these sums, its mean and squared error, and how it differs from its test's control, by `keys`.
    Nothing is compared where `is_complete` does not hold.
-#}
{% macro ab_test_comparisons(sums, keys=[], is_complete='tests.is_complete and arms.is_known') -%}
    select
        {{ keyed_of('arms', keys) }}arms.ab_test_id as ab_test_id,
        arms.metric as metric,
        arms.ab_group as ab_group,
        toUInt64(arms.users) as users,
        arms.mean as mean,
        arms.squared_error as squared_error,
        {% for name in ab_test_sum_names() -%}
        arms.{{ name }} as {{ name }},
        {% endfor -%}
        tests.control_group,
        tests.crossover_users,
        tests.srm_p_value,
        tests.srm_ok,
        tests.crossover_p_value,
        tests.crossovers_ok,
        tests.waiting_users,
        tests.primary_metric,
        tests.guardrail_metrics,
        tests.is_final,
        tests.has_days_before and arms.is_known_before as has_covariates,
        {{ is_complete }} as is_complete,
        anyIf(
            (
                users, mean, squared_error {%- for name in ab_test_sum_names() %}, {{ name }} {%- endfor %}
            )::Tuple( -- noqa: CP01
                users UInt64, mean Nullable(Float64), squared_error Nullable(Float64)
                {%- for name in ab_test_sum_names() %}, {{ name }} Int256 {%- endfor %}
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
                toFloat64(squares) * toFloat64(users) / toFloat64(users - 1) / pow(toFloat64(denominators), 4)
            ) as squared_error
        from {{ sums }}
    ) as arms
    inner join {{ ref('int_ab_tests') }} as tests using (ab_test_id)
{%- endmacro %}

{#- The same with the p value of each difference and half the width of its interval: NULL where nothing can be said. -#}
{% macro ab_test_verdicts(comparisons) -%}
    select
        *,
        {{ welch_verdict('absolute_difference', 'variance', 'control_variance', 'has_verdict') }} as verdict,
        verdict.1 as p_value,
        verdict.2 as margin
    from ({{ comparisons }})
{%- endmacro %}

{#-
    The same of verdicts as they stand while a test runs and is looked at every day: half the width of an interval that
    holds on all days at once, and its p value.
-#}
{% macro ab_test_sequential(verdicts) -%}
    select
        *,
        toFloat64(users + control.users) as both_users,
        pow(standard_error, 2) as both_variance,
        if(has_verdict, {{ sequential_margin('both_variance', 'both_users') }}, null) as sequential_margin,
        if(
            has_verdict, {{ sequential_p_value('absolute_difference', 'both_variance', 'both_users') }}, null
        ) as sequential_p_value
    from ({{ verdicts }})
{%- endmacro %}

{#-
    The same with each comparison after regression on the covariate (CUPED: Deng et al. 2013): of a user's figure that
    much is taken away as the figure of the days before exposure explains, by one slope for both arms.
-#}
{% macro ab_test_cuped(verdicts) -%}
    select
        *,
        toInt256(users) + toInt256(control.users) as both,
        {{ joint_spread('covariates', 'covariate_squares') }} as covariate_spread,
        has_verdict and has_covariates and covariate_spread > 0 as is_adjusted,
        {{ joint_spread('numerators', 'covariate_products') }} / covariate_spread as slope,
        {{ adjusted_squared_error('') }} as adjusted_variance,
        {{ adjusted_squared_error('control.') }} as adjusted_control_variance,
        is_adjusted and adjusted_variance + adjusted_control_variance > 0 as has_adjusted_verdict,
        if(
            is_adjusted,
            absolute_difference - slope * toFloat64(
                covariates * control.denominators - control.covariates * denominators
            ) / toFloat64(denominators * control.denominators),
            null
        ) as cuped_difference,
        if(
            is_adjusted,
            1 - (adjusted_variance + adjusted_control_variance) / (variance + control_variance),
            null
        ) as variance_reduction,
        {{ welch_verdict(
            'cuped_difference', 'adjusted_variance', 'adjusted_control_variance', 'has_adjusted_verdict'
        ) }} as adjusted_verdict,
        adjusted_verdict.1 as cuped_p_value,
        adjusted_verdict.2 as cuped_margin
    from ({{ verdicts }})
{%- endmacro %}

{#- Of the users of both arms together: users × Σ covariate × figure − Σ covariate × Σ figure. -#}
{% macro joint_spread(figures, products) -%}
    toFloat64(
        both * ({{ products }} + control.{{ products }})
        - (covariates + control.covariates) * ({{ figures }} + control.{{ figures }})
    )
{%- endmacro %}

{#- Sample variance of an arm's values less what the covariate explains ÷ users; never below 0 by rounding. -#}
{% macro adjusted_squared_error(arm) -%}
    greatest(
        0.,
        (
            toFloat64(toInt256({{ arm }}users) * {{ arm }}numerator_squares - {{ arm }}numerators * {{ arm }}numerators)
            - 2 * slope
            * toFloat64(toInt256({{ arm }}users) * {{ arm }}covariate_products - {{ arm }}covariates * {{ arm }}numerators)
            + slope * slope
            * toFloat64(toInt256({{ arm }}users) * {{ arm }}covariate_squares - {{ arm }}covariates * {{ arm }}covariates)
        )
        / (toFloat64({{ arm }}users) - 1) / pow(toFloat64({{ arm }}denominators), 2)
    )
{%- endmacro %}

{#- The first day that ab_test_history may have of a test that is judged until this day. -#}
{% macro first_day_of_history(judged_until) -%}
    {{ judged_until }} - {{ var('ab_test_history_days') }} + 1
{%- endmacro %}

{#- How many of a user's days, in order, lie before or on the first day of the history. -#}
{% macro days_up_to(first, days) -%}
    if(empty({{ days }}) or {{ days }}[1].1 > {{ first }}, 0, arrayCount(d -> d.1 <= {{ first }}, {{ days }}))
{%- endmacro %}

{#- A user's days as the history tells them apart: the early ones are one, with `sums` of their figures (of `early`). -#}
{% macro days_told_apart(days, early_days, first, sums) -%}
    if(
        {{ early_days }} = 0,
        {{ days }},
        arrayPushFront(
            arraySlice({{ days }}, {{ early_days }} + 1),
            arrayMap(early -> ({{ first }}, {{ sums | join(', ') }}), [arraySlice({{ days }}, 1, {{ early_days }})])[1]
        )
    )
{%- endmacro %}

{#- How many days each of the user's states has seen: none, those of the first of these days, and one more of each other. -#}
{% macro running_days(days, early_days) -%}
    arrayMap(n -> if(n = 0, 0, n + greatest({{ early_days }}, 1) - 1), range(length({{ days }}) + 1))
{%- endmacro %}

{#- From a user's days, sums of a figure up to each of them, 0 before the first in front. -#}
{% macro running_total(days, place) -%}
    arrayPushFront(arrayCumSum(arrayMap(d -> d.{{ place }}, {{ days }})), 0)
{%- endmacro %}

{#- The changes that `states` (first day, day after the last, figures) are: each that stands on a day of the history. -#}
{% macro changes_of_states() -%}
    array join arrayFilter(s -> s.2 > greatest(s.1, first_as_of), states) as state
    array join [(greatest(state.1, first_as_of), 1), (state.2, -1)] as change
    where change.1 <= judged_until
{%- endmacro %}
