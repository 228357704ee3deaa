-- cumulative_revenue rises by revenue from day number to day number.
select *
from (
    select
        cohort_date,
        day_number,
        revenue,
        cumulative_revenue,
        lagInFrame(cumulative_revenue) over (
            partition by cohort_date order by day_number
            rows between unbounded preceding and current row
        ) as previous_cumulative_revenue
    from {{ ref('ltv') }}
)
where cumulative_revenue != previous_cumulative_revenue + ifNull(revenue, toDecimal64(0, 2))
