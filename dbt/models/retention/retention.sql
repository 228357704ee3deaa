{{ config(order_by='(cohort_date, day_number)') }}

{% set last_day_number = 90 %}
{% set day_numbers = range(last_day_number + 1) | list %}

with last_active as (
    select
        cohort_date,
        least(active_dates[-1] - cohort_date, {{ last_day_number }}) as day_number,
        count() as users
    from {{ ref('int_users') }}
    group by cohort_date, day_number
),

cells as (
    {{ retention_cells(ref('int_users'), ref('int_cohorts'), day_numbers) }}
),

counted as (
    select
        cells.cohort_date as cohort_date,
        cells.day_number as day_number,
        cells.cohort_size as cohort_size,
        cells.retained_users as retained_users,
        sum(last_active.users) over (
            partition by cells.cohort_date order by cells.day_number desc
        ) as on_or_after_users,
        cells.is_mature as is_mature,
        cells.cell_date <= history.last_date as is_within,
        is_within and cells.cell_date > history.last_missing_date as is_on_or_after_mature
    from cells
    left join last_active on cells.cohort_date = last_active.cohort_date and cells.day_number = last_active.day_number
    cross join (
        select
            max(event_date) as last_date,
            max(last_missing_date) as last_missing_date
        from {{ ref('int_days') }}
    ) as history
)

select
    cohort_date,
    day_number,
    cohort_size,
    if(is_mature, retained_users, null) as retained_users,
    {{ ratio('retained_users', 'cohort_size', when='is_mature') }} as retention_rate,
    if(is_within, on_or_after_users, null) as retained_on_or_after_users,
    {{ ratio('on_or_after_users', 'cohort_size', when='is_on_or_after_mature') }} as on_or_after_rate,
    is_mature
from counted
