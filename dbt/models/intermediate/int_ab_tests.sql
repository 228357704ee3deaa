{{ config(order_by='ab_test_id') }}

with users as (
    select
        *,
        not is_crossover and not is_waiting as is_member
    from {{ ref('int_ab_test_users') }}
),

-- Groups that the seed expects count too, or an arm that nobody was ever put into would go unnoticed.
groups as (
    select
        ab_test_id,
        ab_group,
        countIf(is_member) as users,
        countIf(is_crossover and is_first_group) as crossovers,
        max(listed_control) as control,
        max(listed_weight) as listed_weight,
        -- A test without any weight in the seed expects equal groups.
        coalesce(listed_weight, if(count(listed_weight) over (partition by ab_test_id) = 0, 1., 0.)) as weight
    from (
        select
            ab_test_id, ab_group, is_member, is_crossover, is_first_group,
            null as listed_control, null as listed_weight
        from users
        union all
        select ab_test_id, ab_group, null, null, null, control_group, expected_weight
        from {{ ref('ab_tests') }}
        where ab_test_id in (select ab_test_id from users)
    )
    group by ab_test_id, ab_group
),

tests as (
    select
        ab_test_id,
        groupArrayIf(ab_group, lower(ab_group) = 'control') as named_control,
        coalesce(
            max(control),
            multiIf(
                has(named_control, 'control'), 'control',
                length(named_control) = 1, named_control[1],
                null
            )
        ) as control_group,
        arraySort(groupArray(ab_group)) as ab_groups,
        -- Sorted, because floats added in another order can give another sum.
        arraySort(groupArrayIf((ab_group, weight, users, crossovers), weight > 0)) as cells,
        {{ split_p_value('cells.3', 'cells.2') }} as srm_p_value,
        {{ split_p_value('cells.4', 'cells.2') }} as crossover_p_value
    from groups
    group by ab_test_id
),

exposures as (
    select
        ab_test_id,
        min(exposed_date) as first_exposed_date,
        uniqExactIf(user_id, is_crossover) as crossover_users,
        countIf(is_waiting and not is_crossover) as waiting_users,
        min({{ is_complete_since('exposed_date - ' ~ days_before_exposure()) }} or not is_member) as has_days_before
    from users
    left join {{ ref('int_days') }} as days on days.event_date = users.exposed_date - 1
    group by ab_test_id
),

-- A test with an end is as it was then, with the windows that began before it.
planned as (
    select
        exposures.*,
        plans.primary_metric as primary_metric,
        if(
            coalesce(plans.guardrail_metrics, '') = '', [], splitByChar('|', assumeNotNull(plans.guardrail_metrics))
        ) as guardrail_metrics,
        plans.window_days as window_days,
        plans.end_date + toInt32(coalesce(plans.window_days, 1)) - 1 as final_date,
        (select max(event_date) from {{ ref('int_days') }}) as as_of,
        coalesce(final_date <= as_of, false) as is_final,
        if(is_final, assumeNotNull(final_date), assumeNotNull(as_of)) as judged_until
    from exposures
    left join {{ ref('ab_test_plans') }} as plans on exposures.ab_test_id = plans.ab_test_id
),

history as (
    select
        event_date,
        last_missing_date,
        min(event_date) over () as first_date
    from {{ ref('int_days') }}
)

select
    ab_test_id,
    ab_groups,
    planned.first_exposed_date as first_exposed_date,
    planned.judged_until as judged_until,
    planned.window_days as window_days,
    toLowCardinality(control_group) as control_group,
    planned.crossover_users as crossover_users,
    planned.waiting_users as waiting_users,
    srm_p_value,
    (srm_p_value >= 0.001)::Nullable(Bool) as srm_ok,
    crossover_p_value,
    (crossover_p_value >= 0.001)::Nullable(Bool) as crossovers_ok,
    {{ is_complete_to_the_end('planned.first_exposed_date') }} as is_complete,
    toBool(planned.has_days_before) as has_days_before,
    planned.primary_metric as primary_metric,
    planned.guardrail_metrics as guardrail_metrics,
    toBool(planned.is_final) as is_final
from tests
inner join planned using (ab_test_id)
left join history on history.event_date = planned.judged_until
