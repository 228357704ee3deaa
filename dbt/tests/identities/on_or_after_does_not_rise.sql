-- Retention on or after a day number never rises with it, and is never below the classic one.
select *
from (
    select
        *,
        lagInFrame(on_or_after_rate, 1, 1) over (
            partition by cohort_date order by day_number
            rows between unbounded preceding and current row
        ) as previous_rate
    from {{ ref('retention') }}
)
where on_or_after_rate > previous_rate or retained_on_or_after_users < retained_users
