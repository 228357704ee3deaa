{{ config(order_by='(cohort_date, window_days)') }}

with cells as (
    select
        cohort_date,
        toUInt8(window_days) as window_days,
        count() as cohort_size,
        countIf(notEmpty(payer_dates) and payer_dates[1] - cohort_date < window_days) as converted_users
    from {{ ref('int_users') }}
    array join [1, 7, 30] as window_days
    group by cohort_date, window_days
),

windows as (
    select
        cells.cohort_date as cohort_date,
        cells.window_days as window_days,
        cells.cohort_size as cohort_size,
        cells.converted_users as converted_users,
        {{ is_complete_since('cells.cohort_date') }} as is_mature
    from cells
    left join {{ ref('int_days') }} as days on cells.cohort_date + cells.window_days - 1 = days.event_date
)

select
    cohort_date,
    window_days,
    cohort_size,
    converted_users,
    {{ ratio('converted_users', 'cohort_size', when='is_mature') }} as conversion_rate,
    is_mature
from windows
