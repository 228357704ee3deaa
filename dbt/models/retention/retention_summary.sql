{{ config(order_by='day_number') }}

with summed as (
    select
        day_number,
        {{ over_mature_cohorts('retained_users') }},
        -- Sorted, so that the sum of fractions is the same in every run.
        arraySort(groupArrayIf(assumeNotNull(retention_rate), is_mature)) as rates
    from {{ ref('retention') }}
    group by day_number
)

select
    day_number,
    mature_cohorts,
    eligible_users,
    retained_users,
    {{ ratio('retained_users', 'eligible_users') }} as weighted_rate,
    {{ ratio('arraySum(rates)', 'mature_cohorts') }} as mean_rate,
    toBool(history.last_missing_date < history.first_date) as is_complete
from summed
cross join ({{ history() }}) as history
