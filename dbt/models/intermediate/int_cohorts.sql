{{ config(order_by='cohort_date') }}

select
    cohort_date,
    count() as cohort_size
from {{ ref('int_users') }}
group by cohort_date
