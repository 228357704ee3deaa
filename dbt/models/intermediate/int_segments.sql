{{ config(order_by='segment') }}

select distinct
    segment,
    dimension,
    label as value
from {{ ref('int_segment_values') }}
