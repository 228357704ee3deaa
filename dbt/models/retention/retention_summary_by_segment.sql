{{ config(order_by='(dimension, value, day_number)') }}

with summed as (
    select
        dimension,
        value,
        day_number,
        {{ over_mature_cohorts('retained_users') }}
    from {{ ref('retention_by_segment') }}
    group by dimension, value, day_number
)

select
    *,
    {{ ratio('retained_users', 'eligible_users') }} as weighted_rate
from summed
