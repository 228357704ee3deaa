-- A longer window never converts fewer.
select
    cohort_date,
    groupArray((window_days, converted_users)) as windows
from {{ ref('conversion') }}
group by cohort_date
having
    maxIf(converted_users, window_days = 1) > maxIf(converted_users, window_days = 7)
    or maxIf(converted_users, window_days = 7) > maxIf(converted_users, window_days = 30)
    or max(converted_users) > any(cohort_size)
