{{ config(order_by='(cohort_date, day_number)') }}

with cohort_revenue as (
    select
        cohort_date,
        revenue_day.1 - cohort_date as day_number,
        sum(revenue_day.2) as revenue
    from {{ ref('int_users') }}
    array join revenue_days as revenue_day
    group by cohort_date, day_number
),

cells as (
    select
        cohorts.cohort_date as cohort_date,
        cohorts.cohort_size as cohort_size,
        toUInt16(day_number) as day_number
    from {{ ref('int_cohorts') }} as cohorts
    array join range(181) as day_number
),

summed as (
    select
        cells.cohort_date as cohort_date,
        cells.day_number as day_number,
        cells.cohort_size as cohort_size,
        days.is_published as is_published,
        toDecimal64(cohort_revenue.revenue, 2) as revenue,
        toDecimal64(sum(cohort_revenue.revenue) over (
            partition by cells.cohort_date order by cells.day_number
        ), 2) as cumulative_revenue,
        {{ is_complete_since('cells.cohort_date') }} as is_mature
    from cells
    left join cohort_revenue
        on cells.cohort_date = cohort_revenue.cohort_date and cells.day_number = cohort_revenue.day_number
    left join {{ ref('int_days') }} as days on cells.cohort_date + cells.day_number = days.event_date
)

select
    cohort_date,
    day_number,
    cohort_size,
    if(is_published, revenue, null) as revenue,
    cumulative_revenue,
    {{ ratio('cumulative_revenue', 'cohort_size', when='is_mature') }} as ltv,
    is_mature
from summed
