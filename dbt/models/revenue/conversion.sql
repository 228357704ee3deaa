{{ config(order_by='(cohort_date, window_days)') }}

with cells as (
    {{ conversion_cells(ref('int_users')) }}
)

select
    cohort_date,
    window_days,
    cohort_size,
    converted_users,
    {{ ratio('converted_users', 'cohort_size', when='is_mature') }} as conversion_rate,
    is_mature
from cells
