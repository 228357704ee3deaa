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
        max(listed_control) as control,
        max(listed_weight) as listed_weight,
        -- A test without any weight in the seed expects equal groups.
        coalesce(listed_weight, if(count(listed_weight) over (partition by ab_test_id) = 0, 1., 0.)) as weight
    from (
        select ab_test_id, ab_group, is_crossover, null as listed_control, null as listed_weight
        from users
        union all
        select ab_test_id, ab_group, null, control_group, expected_weight
        from {{ ref('ab_tests') }}
        where ab_test_id in (select ab_test_id from users)
    )
    group by ab_test_id, ab_group
),

tests as (
    select
        ab_test_id,
        coalesce(max(control), if(countIf(ab_group = 'control') > 0, 'control', min(ab_group))) as control_group,
        arraySort(groupArray(ab_group)) as ab_groups,
        -- Sorted, because floats added in another order can give another sum.
        arraySort(groupArrayIf((ab_group, users, weight), weight > 0)) as cells,
        arraySum(cells.2) as cell_users,
        arrayMap(cell -> cell_users * cell.3 / arraySum(cells.3), cells) as expected,
        arraySum(arrayMap((cell, e) -> pow(cell.2 - e, 2) / e, cells, expected)) as chi_square,
        if(
            length(cells) < 2 or cell_users < 8 * length(cells),
            null,
            {{ chi_square_tail('chi_square', '(length(cells) - 1)') }}
        ) as srm_p_value
    from groups
    group by ab_test_id
),

crossovers as (
    select
        ab_test_id,
        uniqExactIf(user_id, is_crossover) as crossover_users
    from users
    group by ab_test_id
)

select
    ab_test_id,
    ab_groups,
    toLowCardinality(control_group) as control_group,
    crossovers.crossover_users as crossover_users,
    srm_p_value,
    (srm_p_value >= 0.001)::Nullable(Bool) as srm_ok
from tests
inner join crossovers using (ab_test_id)
