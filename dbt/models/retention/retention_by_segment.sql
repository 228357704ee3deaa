{{ config(order_by='(dimension, value, cohort_date, day_number)') }}

{% set day_numbers = range(31) | list + [60, 90] %}

with cells as (
    {{ retention_cells(
        ref('int_segment_cohort_users'), ref('int_segment_cohorts'), day_numbers, ['segment']
    ) }}
)

select
    segments.dimension as dimension,
    segments.value as value,
    cells.cohort_date as cohort_date,
    cells.day_number as day_number,
    cells.cohort_size as cohort_size,
    if(cells.is_mature, cells.retained_users, null) as retained_users,
    {{ ratio('cells.retained_users', 'cells.cohort_size', when='cells.is_mature') }} as retention_rate,
    cells.is_mature as is_mature
from cells
inner join {{ ref('int_segments') }} as segments on cells.segment = segments.segment
