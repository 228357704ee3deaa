{{ config(materialized='in_buckets', order_by='tuple()') }}

with exposed as (
    select * from {{ ref('int_ab_test_users') }}
    where {{ in_bucket() }} and {{ has_dimensions() }} and not is_crossover and not is_waiting
),

-- Nobody is here who did nothing on the day of exposure.
placed as (
    select
        exposed.ab_test_id as ab_test_id,
        exposed.user_id as user_id,
        profiles.dimensions as dimensions
    from {{ ref('int_user_profiles') }} as profiles
    inner join exposed on profiles.user_id = exposed.user_id
    where {{ in_bucket('profiles.user_id') }} and has(profiles.active_dates, exposed.exposed_date)
)

select
    toLowCardinality(users.dimension) as dimension,
    coalesce(labels.label, '') as value,
    users.ab_test_id as ab_test_id,
    users.ab_group as ab_group,
    users.user_id as user_id,
    users.active_days as active_days,
    users.task_attempts as task_attempts,
    users.task_successes as task_successes,
    users.positive_purchase_count as positive_purchase_count,
    users.revenue as revenue
from (
    select
        exposed.*,
        dimension,
        placed.dimensions[dimension] as of_day
    from exposed
    left join placed on exposed.ab_test_id = placed.ab_test_id and exposed.user_id = placed.user_id
    array join (select groupArray(dimension) from {{ ref('int_dimensions') }}) as dimension
) as users
left join {{ ref('int_segment_values') }} as labels
    on users.dimension = labels.dimension and users.of_day = labels.value
