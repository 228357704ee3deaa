{{ config(order_by='ab_test_id') }}

with users as (
    select * from {{ ref('int_ab_test_users') }}
),

-- Groups that the seed expects count too, or an arm that nobody was ever put into would go unnoticed.
groups as (
    select
        ab_test_id,
        ab_group,
        countIf(not is_crossover) as users,
        countIf(is_crossover and is_first_group) as crossovers,
        max(listed_control) as control,
        max(listed_weight) as listed_weight,
        -- A test without any weight in the seed expects equal groups.
        coalesce(listed_weight, if(count(listed_weight) over (partition by ab_test_id) = 0, 1., 0.)) as weight
    from (
        select ab_test_id, ab_group, is_crossover, is_first_group, null as listed_control, null as listed_weight
        from users
        union all
        select ab_test_id, ab_group, null, null, control_group, expected_weight
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
        uniqExactIf(user_id, is_crossover) as crossover_users
    from users
    group by ab_test_id
)

select
    ab_test_id,
    ab_groups,
    exposures.first_exposed_date as first_exposed_date,
    toLowCardinality(control_group) as control_group,
    exposures.crossover_users as crossover_users,
    srm_p_value,
    (srm_p_value >= 0.001)::Nullable(Bool) as srm_ok,
    crossover_p_value,
    (crossover_p_value >= 0.001)::Nullable(Bool) as crossovers_ok,
    {{ is_complete_to_the_end('exposures.first_exposed_date') }} as is_complete
from tests
inner join exposures using (ab_test_id)
cross join ({{ history() }}) as history
