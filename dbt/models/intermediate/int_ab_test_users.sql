{{ config(order_by='(ab_test_id, ab_group, user_id)') }}

with exposures as (
    select
        ab_test_id,
        user_id,
        min(event_date) as exposed_date,
        groupUniqArray(ab_group) as ab_groups,
        -- Of groups assigned at the same moment the first and the last by name.
        argMin(ab_group, (first_assigned_at, ab_group)) as first_group,
        argMax(ab_group, (-toUnixTimestamp64Micro(first_assigned_at), ab_group)) as first_group_too,
        toBool(length(ab_groups) > 1) as is_crossover
    from {{ ref('stg_ab_test_user_day') }}
    group by ab_test_id, user_id
),

-- The days are the streamed side of the join and the exposures the one in memory: a test has fewer users than
-- its users have days.
activity as (
    select
        exposures.ab_test_id as ab_test_id,
        exposures.user_id as user_id,
        count() as active_days,
        sum(days.task_attempts) as task_attempts,
        sum(days.task_successes) as task_successes,
        sum(days.positive_purchase_count) as positive_purchase_count,
        sum(days.revenue) as revenue
    from {{ ref('stg_user_day') }} as days
    inner join exposures on exposures.user_id = days.user_id
    where not exposures.is_crossover and days.event_date >= exposures.exposed_date
    group by ab_test_id, user_id
)

select
    exposures.ab_test_id as ab_test_id,
    toLowCardinality(ab_group) as ab_group,
    exposures.user_id as user_id,
    exposures.is_crossover as is_crossover,
    toBool(ab_group = exposures.first_group and ab_group = exposures.first_group_too) as is_first_group,
    exposures.exposed_date as exposed_date,
    coalesce(activity.active_days, 0) as active_days,
    coalesce(activity.task_attempts, 0) as task_attempts,
    coalesce(activity.task_successes, 0) as task_successes,
    coalesce(activity.positive_purchase_count, 0) as positive_purchase_count,
    coalesce(activity.revenue, 0) as revenue
from exposures
array join exposures.ab_groups as ab_group
left join activity
    on activity.ab_test_id = exposures.ab_test_id and activity.user_id = exposures.user_id
