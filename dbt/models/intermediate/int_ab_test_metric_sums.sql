{{ config(order_by='(ab_test_id, metric, ab_group)') }}

with groups as (
    select
        ab_test_id,
        ab_group,
        countIf(is_member) as users
    from (
        select ab_test_id, ab_group, not is_crossover as is_member from {{ ref('int_ab_test_users') }}
        union all
        select ab_test_id, arrayJoin(ab_groups), false from {{ ref('int_ab_tests') }}
    )
    group by ab_test_id, ab_group
)

{{ ab_test_metric_sums('groups', ref('int_ab_test_user_metrics')) }}
