{{ config(order_by='(dimension, value)') }}

{% set values_with_rows = 50 %}

with counted as (
    select
        dimension,
        value,
        sum(users) as users
    from {{ ref('int_segment_value_users') }}
    group by dimension, value
),

labelled as (
    select
        dimension,
        value,
        users,
        row_number() over (partition by dimension order by value = '(other)' asc, users desc, value asc) as place,
        if(place <= {{ values_with_rows }}, value, '(other)') as label
    from counted
)

select
    toLowCardinality(dimension) as dimension,
    value,
    users,
    label,
    toUInt32(dense_rank() over (order by dimension, label)) as segment
from labelled
