-- The same money in every mart: by user and day, by day, by week, by month.
with totals as (
    select 'stg_user_day' as mart, sum(revenue) as total from {{ ref('stg_user_day') }}
    union all
    select 'stg_daily_revenue' as mart, sum(revenue) as total from {{ ref('stg_daily_revenue') }}
    {% for period in ['week', 'month'] %}
    union all
    select 'revenue_by_period {{ period }}' as mart, sum(assumeNotNull(revenue)) as total
    from {{ ref('revenue_by_period') }}
    where period = '{{ period }}' and revenue is not null
    {% endfor %}
)

select groupArray((mart, total)) as totals
from totals
having min(total) != max(total)
