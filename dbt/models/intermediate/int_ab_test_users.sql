{{ config(
    materialized='in_buckets',
    order_by='tuple()',
    query_settings=small_blocks(),
    indexes=index_of_users()
) }}

{% set has_history = 'not has_window and (is_first_group or not is_crossover)' %}
{% set last_day = 'assumeNotNull((select max(event_date) from ' ~ ref('int_days') ~ '))' %}

with planned as (
    select
        assignments.ab_test_id::String as ab_test_id,
        assignments.user_id as user_id,
        assignments.event_date as event_date,
        assignments.ab_group::String as ab_group,
        assignments.first_assigned_at as first_assigned_at,
        plans.end_date as end_date,
        plans.window_days as window_days
    from {{ ref('stg_ab_test_user_day') }} as assignments
    left join {{ ref('ab_test_plans') }} as plans on assignments.ab_test_id = plans.ab_test_id
    where
        {{ in_bucket('assignments.user_id') }}
        and assignments.event_date >= coalesce(plans.start_date, toDate(0))
        and assignments.event_date <= coalesce(plans.end_date, {{ last_of_dates() }})
),

-- Few users are seen in a second group: what is kept of a user is one short array, and not a state for each question.
groups_of_users as (
    select
        ab_test_id,
        user_id,
        arraySort(groupArray((first_at, ab_group, first_date))) as seen_groups,
        any(end_date) as end_date,
        any(window_days) as window_days
    from (
        select
            ab_test_id,
            user_id,
            ab_group,
            min(first_assigned_at) as first_at,
            min(event_date) as first_date,
            any(end_date) as end_date,
            any(window_days) as window_days
        from planned
        group by ab_test_id, user_id, ab_group
    )
    group by ab_test_id, user_id
),

seen as (
    select
        ab_test_id,
        user_id,
        window_days,
        arrayMap(s -> s.2, seen_groups) as ab_groups,
        arraySort(arrayMap(s -> s.3, seen_groups)) as first_dates,
        first_dates[1] as exposed_date,
        toBool(length(seen_groups) > 1) as is_crossover,
        -- Of groups assigned at the same moment none is the first.
        if(
            is_crossover and tupleElement(seen_groups[1], 1) = tupleElement(seen_groups[2], 1), null, ab_groups[1]
        ) as first_group,
        -- The day on which the user was first seen in a second group: on the days before, nobody could know.
        if(is_crossover, first_dates[2], {{ last_of_dates() }}) as crossed_date,
        exposed_date + toInt32(coalesce(window_days, 1)) - 1 as window_end,
        coalesce(end_date, {{ last_of_dates() }}) as end_of_test,
        least(end_of_test, if(isNull(window_days), {{ last_of_dates() }}, window_end)) as last_date,
        {{ first_day_of_history('least(end_of_test, ' ~ last_day ~ ')') }} as history_from
    from groups_of_users
),

exposures as (
    select
        seen.*,
        isNotNull(window_days) as has_window,
        has_window and not {{ is_complete_since('exposed_date') }} as is_waiting
    from seen
    left join {{ ref('int_days') }} as days on seen.window_end = days.event_date
),

-- Arrays by user alone, which takes a fraction of the time of rows by test and user. Days before all tests go unread.
days_of_users as (
    select
        user_id as active_user_id,
        groupArray(event_date) as dates,
        {% for figure in ['task_attempts', 'task_successes', 'positive_purchase_count', 'revenue'] -%}
        groupArray({{ figure }}) as {{ figure }}_of_days{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('stg_user_day') }}
    where
        {{ in_bucket() }}
        and {{ may_count_in_tests('event_date', ref('stg_ab_test_user_day')) }}
    group by user_id
),

activity as (
    select
        exposures.*,
        arraySort(
            d -> d.1,
            arrayFilter(
                d -> not exposures.is_waiting
                    and d.1 >= exposures.exposed_date - {{ days_before_exposure() }}
                    and d.1 <= exposures.last_date
                    and d.1 < exposures.crossed_date,
                arrayZip(
                    dates,
                    task_attempts_of_days,
                    task_successes_of_days,
                    positive_purchase_count_of_days,
                    revenue_of_days
                )
            )
        ) as all_days,
        toUInt64(arrayCount(d -> d.1 < exposures.exposed_date, all_days)) as active_days_before,
        arraySlice(all_days, active_days_before + 1) as since,
        arraySlice(all_days, 1, active_days_before) as before,
        length(since) as active_days,
        {% for suffix, days in [('', 'since'), ('_before', 'before')] -%}
        {% for figure in ['task_attempts', 'task_successes', 'positive_purchase_count', 'revenue'] -%}
        {% if days == 'since' or figure != 'task_attempts' -%}
        arraySum(d -> d.{{ loop.index + 1 }}, {{ days }}) as {{ figure ~ suffix }},
        {% endif -%}
        {% endfor -%}
        {% endfor -%}
        {{ days_up_to('exposures.history_from', 'since') }} as early_days,
        {{ days_told_apart('since', 'early_days', 'exposures.history_from', [
            'arraySum(d -> d.2, early)',
            'arraySum(d -> d.3, early)',
            'arraySum(d -> d.4, early)',
            'toDecimal64(arraySum(d -> d.5, early), 2)',
        ]) }} as days_since
    from days_of_users
    right join exposures on days_of_users.active_user_id = exposures.user_id -- noqa: CV08
)

select
    toLowCardinality(ab_test_id) as ab_test_id,
    toLowCardinality(of_group) as ab_group,
    user_id,
    is_crossover,
    toBool(coalesce(of_group = first_group, false)) as is_first_group,
    exposed_date,
    crossed_date,
    last_date,
    toBool(is_waiting) as is_waiting,
    {% for figure in [
        'active_days', 'task_attempts', 'task_successes', 'positive_purchase_count', 'revenue',
        'active_days_before', 'task_successes_before', 'positive_purchase_count_before', 'revenue_before',
    ] -%}
    if(is_crossover, 0, activity.{{ figure }}) as {{ figure }},
    {% endfor -%}
    -- Of a crossover those before the second group, with the first.
    if({{ has_history }}, activity.days_since, []) as days_since,
    if({{ has_history }}, activity.early_days, 0) as early_days
from activity
array join ab_groups as of_group
