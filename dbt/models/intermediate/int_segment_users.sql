{{ config(
    materialized='in_buckets',
    order_by='tuple()',
    indexes=index_of_users()
) }}

select
    labels.segment as segment,
    users.user_id as user_id,
    arraySort(groupArrayArray(users.active_dates)) as active_dates
from ({{ values_of_users() }}) as users
inner join {{ ref('int_segment_values') }} as labels
    on users.dimension = labels.dimension and users.value = labels.value
where {{ in_bucket('users.user_id') }}
group by segment, user_id
