{{ config(order_by='(cohort_date, day_number)') }}

with cells as (
    {{ ltv_cells(ref('int_users'), ref('int_cohorts'), range(181) | list) }}
)

select
    cohort_date,
    day_number,
    cohort_size,
    if(is_published, revenue, null) as revenue,
    cumulative_revenue,
    {{ ratio('cumulative_revenue', 'cohort_size', when='is_mature') }} as ltv,
    is_mature
from cells
