{{ config(order_by='(dimension, value, day_number)') }}

{% set day_numbers = [0, 1, 3, 7, 14, 30, 60, 90, 180] %}

with summed as (
    select
        segment,
        day_number,
        {{ over_mature_cohorts('cumulative_revenue') }}
    from ({{ ltv_cells(
        ref('int_segment_cohort_users'), ref('int_segment_cohorts'), day_numbers, ['segment']
    ) }})
    group by segment, day_number
)

select
    segments.dimension as dimension,
    segments.value as value,
    summed.day_number as day_number,
    summed.mature_cohorts as mature_cohorts,
    summed.eligible_users as eligible_users,
    summed.cumulative_revenue as cumulative_revenue,
    {{ ratio('summed.cumulative_revenue', 'summed.eligible_users') }} as ltv
from summed
inner join {{ ref('int_segments') }} as segments on summed.segment = segments.segment
