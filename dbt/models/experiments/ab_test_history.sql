{{ config(order_by='(ab_test_id, metric, ab_group, as_of)') }}

-- Of tests without a window: with one, users wait for its end, and have nothing to show before.
with tests as (
    select
        *,
        greatest(first_exposed_date, {{ first_day_of_history('judged_until') }}) as first_as_of
    from {{ ref('int_ab_tests') }}
    where isNull(window_days)
),

calendar as (
    select
        ab_test_id,
        ab_groups,
        first_as_of + arrayJoin(range(toUInt32(judged_until - first_as_of + 1))) as as_of
    from tests
),

-- What a user has come to stands until the next day on which the user does something, or is seen in a second group. So
-- it is added on its day and taken out again on that one: the sums of a day are those of all changes up to it.
changes as (
    select
        ab_test_id,
        ab_group,
        change.1 as as_of,
        change.2 as weight,
        state.3 as active_days,
        state.4 as task_attempts,
        state.5 as task_successes,
        state.6 as positive_purchase_count,
        state.7 as revenue
    from (
        select
            users.ab_test_id as ab_test_id,
            users.ab_group as ab_group,
            tests.first_as_of as first_as_of,
            tests.judged_until as judged_until,
            arrayZip(
                arrayPushFront(arrayMap(d -> d.1, users.days_since), users.exposed_date),
                arrayPushBack(arrayMap(d -> d.1, users.days_since), users.crossed_date),
                {{ running_days('users.days_since', 'users.early_days') }},
                {{ running_total('users.days_since', 2) }},
                {{ running_total('users.days_since', 3) }},
                {{ running_total('users.days_since', 4) }},
                {{ running_total('users.days_since', 5) }}
            ) as states
        from {{ ref('int_ab_test_users') }} as users
        inner join tests on users.ab_test_id = tests.ab_test_id
        where not users.is_crossover or users.is_first_group
    )
    {{ changes_of_states() }}
    union all
    -- Every group has each day.
    select ab_test_id, arrayJoin(ab_groups), as_of, 0, 0, 0, 0, 0, 0
    from calendar
),

metric_changes as (
    select
        ab_test_id,
        ab_group,
        metric,
        change.1 as as_of,
        change.2 as weight,
        state.3 as days_with_event,
        state.4 as total
    from (
        select
            users.ab_test_id as ab_test_id,
            users.ab_group as ab_group,
            users.metric as metric,
            tests.first_as_of as first_as_of,
            tests.judged_until as judged_until,
            arrayPopFront(arrayZip(
                arrayPushFront(arrayMap(d -> d.1, users.days_since), toDate(0)),
                arrayPushBack(arrayMap(d -> d.1, users.days_since), users.crossed_date),
                {{ running_days('users.days_since', 'users.early_days') }},
                {{ running_total('users.days_since', 2) }}
            )) as states
        from {{ ref('int_ab_test_user_metrics') }} as users
        inner join tests on users.ab_test_id = tests.ab_test_id
    )
    {{ changes_of_states() }}
),

groups as (
    select
        as_of,
        ab_test_id,
        ab_group,
        sum(weight) as users
    from changes
    group by as_of, ab_test_id, ab_group
),

changes_of_sums as (
    {{ ab_test_sums('changes', ['as_of']) }}
    union all
    {{ ab_test_metric_sums('groups', 'metric_changes', ['as_of']) }}
),

sums as (
    select
        changed.as_of as as_of,
        changed.ab_test_id as ab_test_id,
        changed.ab_group as ab_group,
        changed.metric as metric,
        false as is_known_before,
        {{ is_complete_to_the_end('tests.first_exposed_date') }}
            and tests.first_exposed_date > unknown.last_missing_date as is_known,
        {% for name in ['users'] + ab_test_sum_names() -%}
        sum(changed.{{ name }}) over (
            partition by changed.ab_test_id, changed.metric, changed.ab_group order by changed.as_of
        ) as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from changes_of_sums as changed
    inner join tests on changed.ab_test_id = tests.ab_test_id
    inner join (
        select
            event_date,
            last_missing_date,
            min(event_date) over () as first_date
        from {{ ref('int_days') }}
    ) as history on changed.as_of = history.event_date
    left join (
        -- Of each metric of the settings the latest published day up to each one that does not know it.
        select
            metric,
            event_date,
            max(if(is_unknown, event_date, toDate(0))) over (
                partition by metric order by event_date
            ) as last_missing_date
        from (
            select
                metrics.metric as metric,
                days.event_date as event_date,
                days.is_published and (metrics.of_metric, days.event_date) not in (
                    select
                        metric,
                        event_date
                    from {{ ref('stg_daily_metrics') }}
                ) as is_unknown
            from {{ ref('int_days') }} as days
            cross join (
                select
                    name as of_metric,
                    kind as metric
                from (select distinct metric::String as name from {{ ref('stg_daily_metrics') }})
                array join [name, name || '_users'] as kind
                where kind = name or kind not in (select metric from {{ ref('stg_daily_metrics') }})
            ) as metrics
        )
    ) as unknown on changed.metric = unknown.metric and changed.as_of = unknown.event_date
),

compared as (
    {{ ab_test_sequential(ab_test_verdicts(ab_test_comparisons('sums', ['as_of'], 'arms.is_known'))) }}
)

select
    as_of,
    toLowCardinality(ab_test_id) as ab_test_id,
    toLowCardinality(metric) as metric,
    toLowCardinality(ab_group) as ab_group,
    users,
    mean,
    absolute_difference,
    absolute_difference - margin as ci_low,
    absolute_difference + margin as ci_high,
    absolute_difference - sequential_margin as sequential_ci_low,
    absolute_difference + sequential_margin as sequential_ci_high,
    toBool(is_complete) as is_complete
from compared
