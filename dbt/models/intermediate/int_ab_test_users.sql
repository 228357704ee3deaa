{{ config(order_by='(ab_test_id, ab_group, user_id)') }}

with planned as (
    select
        assignments.ab_test_id as ab_test_id,
        assignments.user_id as user_id,
        assignments.event_date as event_date,
        assignments.ab_group as ab_group,
        assignments.first_assigned_at as first_assigned_at,
        plans.end_date as end_date,
        plans.window_days as window_days
    from {{ ref('stg_ab_test_user_day') }} as assignments
    left join {{ ref('ab_test_plans') }} as plans on assignments.ab_test_id = plans.ab_test_id
    where
        assignments.event_date >= coalesce(plans.start_date, toDate(0))
        and assignments.event_date <= coalesce(plans.end_date, {{ last_of_dates() }})
),

seen as (
    select
        ab_test_id,
        user_id,
        min(event_date) as exposed_date,
        groupUniqArray(ab_group) as ab_groups,
        -- Of groups assigned at the same moment the first and the last by name.
        argMin(ab_group, (first_assigned_at, ab_group)) as first_group,
        argMax(ab_group, (-toUnixTimestamp64Micro(first_assigned_at), ab_group)) as first_group_too,
        toBool(length(ab_groups) > 1) as is_crossover,
        -- The day on which the user was first seen in a second group: on the days before, nobody could know.
        if(
            is_crossover,
            arraySort(mapValues(minMap(map(ab_group::String, event_date))))[2],
            {{ last_of_dates() }}
        ) as crossed_date,
        any(window_days) as window_days,
        exposed_date + toInt32(coalesce(window_days, 1)) - 1 as window_end,
        least(
            coalesce(any(end_date), {{ last_of_dates() }}),
            if(isNull(window_days), {{ last_of_dates() }}, window_end)
        ) as last_date
    from planned
    group by ab_test_id, user_id
),

exposures as (
    select
        seen.*,
        isNotNull(window_days) as has_window,
        has_window and not {{ is_complete_since('exposed_date') }} as is_waiting
    from seen
    left join {{ ref('int_days') }} as days on seen.window_end = days.event_date
),

-- The days are the streamed side of the join and the exposures the one in memory: a test has fewer users than
-- its users have days. One array is made faster than all the sums that are taken from it.
days_of_users as (
    select
        exposures.ab_test_id as ab_test_id,
        exposures.user_id as user_id,
        any(exposures.exposed_date) as exposed_from,
        groupArray((
            days.event_date, days.task_attempts, days.task_successes, days.positive_purchase_count, days.revenue
        )) as all_days
    from {{ ref('stg_user_day') }} as days
    inner join exposures on exposures.user_id = days.user_id
    where
        not exposures.is_waiting
        and days.event_date >= exposures.exposed_date - {{ days_before_exposure() }}
        and days.event_date <= exposures.last_date
        and days.event_date < exposures.crossed_date
    group by ab_test_id, user_id
),

activity as (
    select
        ab_test_id,
        user_id,
        arraySort(arrayFilter(d -> d.1 >= exposed_from, all_days)) as since,
        arrayFilter(d -> d.1 < exposed_from, all_days) as before
    from days_of_users
)

select
    exposures.ab_test_id as ab_test_id,
    toLowCardinality(ab_group) as ab_group,
    exposures.user_id as user_id,
    exposures.is_crossover as is_crossover,
    toBool(ab_group = exposures.first_group and ab_group = exposures.first_group_too) as is_first_group,
    exposures.exposed_date as exposed_date,
    exposures.crossed_date as crossed_date,
    exposures.last_date as last_date,
    toBool(exposures.is_waiting) as is_waiting,
    {% for suffix, days in [('', 'since'), ('_before', 'before')] -%}
    if(exposures.is_crossover, 0, length(activity.{{ days }})) as active_days{{ suffix }},
    {% for figure in ['task_attempts', 'task_successes', 'positive_purchase_count', 'revenue'] -%}
    {% if days == 'since' or figure != 'task_attempts' -%}
    if(exposures.is_crossover, 0, arraySum(d -> d.{{ loop.index + 1 }}, activity.{{ days }})) as {{ figure ~ suffix }},
    {% endif -%}
    {% endfor -%}
    {% endfor -%}
    -- Of a crossover those before the second group, with the first.
    if(exposures.has_window or exposures.is_crossover and not is_first_group, [], activity.since) as days_since
from exposures
array join exposures.ab_groups as ab_group
left join activity
    on activity.ab_test_id = exposures.ab_test_id and activity.user_id = exposures.user_id
