{{ config(materialized='in_buckets', order_by='(dimension, value)') }}

select
    toLowCardinality(dimension) as dimension,
    value,
    uniqExact(user_id) as users
from ({{ values_of_users() }})
where {{ in_bucket() }}
group by dimension, value
