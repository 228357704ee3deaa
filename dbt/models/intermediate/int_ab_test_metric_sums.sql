{{ config(order_by='(ab_test_id, metric, ab_group)') }}

with groups as (
    select
        ab_test_id,
        ab_group,
        toInt256(countIf(is_member)) as users
    from (
        select
            ab_test_id, ab_group, not is_crossover and not is_waiting as is_member
        from {{ ref('int_ab_test_users') }}
        union all
        select ab_test_id, arrayJoin(ab_groups), false from {{ ref('int_ab_tests') }}
    )
    group by ab_test_id, ab_group
),

totals as (
    select
        *,
        1 as weight
    from {{ ref('int_ab_test_user_metrics') }}
    where not is_crossover
)

{{ ab_test_metric_sums('groups', 'totals', has_covariates=true) }}
