{{ config(order_by='(dimension, value, window_days)') }}

with summed as (
    select
        segment,
        window_days,
        {{ over_mature_cohorts('converted_users') }}
    from ({{ conversion_cells(ref('int_segment_cohort_users'), ['segment']) }})
    group by segment, window_days
)

select
    segments.dimension as dimension,
    segments.value as value,
    summed.window_days as window_days,
    summed.mature_cohorts as mature_cohorts,
    summed.eligible_users as eligible_users,
    summed.converted_users as converted_users,
    {{ ratio('summed.converted_users', 'summed.eligible_users') }} as conversion_rate
from summed
inner join {{ ref('int_segments') }} as segments on summed.segment = segments.segment
