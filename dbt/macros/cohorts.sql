{#-
    What cohorts come to, of all users or by `keys`. `users` has one row per user, with the columns of int_users, and
    `cohorts` one per cohort, with those of int_cohorts; both have the columns `keys` beside.
-#}

{% macro cohort_sizes(users, keys=[]) -%}
select
    {{ keyed(keys) }}cohort_date,
    count() as cohort_size
from {{ users }}
group by {{ keyed(keys) }}cohort_date
{%- endmacro %}

{#- One row per cohort and day number. -#}
{% macro cohort_days(cohorts, day_numbers, keys=[]) -%}
    select
        {{ keyed(keys) }}cohort_date,
        cohort_size,
        toUInt16(day_number) as day_number,
        cohort_date + day_number as cell_date
    from {{ cohorts }}
    array join {{ day_numbers }} as day_number
{%- endmacro %}

{#- Users who come back, one row per cohort and day number. -#}
{% macro retention_cells(users, cohorts, day_numbers, keys=[]) -%}
    select
        {{ keyed_of('cells', keys) }}cells.cohort_date as cohort_date,
        cells.day_number as day_number,
        cells.cohort_size as cohort_size,
        cells.cell_date as cell_date,
        active.users as retained_users,
        days.is_published as is_mature
    from ({{ cohort_days(cohorts, day_numbers, keys) }}) as cells
    left join (
        select
            {{ keyed(keys) }}cohort_date,
            active_date - cohort_date as day_number,
            count() as users
        from {{ users }}
        array join active_dates as active_date
        where day_number in {{ day_numbers }}
        group by {{ keyed(keys) }}cohort_date, day_number
    ) as active
        on
            {{ same_keys('cells', 'active', keys) }}cells.cohort_date = active.cohort_date
            and cells.day_number = active.day_number
    left join {{ ref('int_days') }} as days on cells.cell_date = days.event_date
{%- endmacro %}

{#- Users who pay within a window of 1, 7 and 30 days, one row per cohort and window. -#}
{% macro conversion_cells(users, keys=[]) -%}
    select
        {{ keyed_of('cells', keys) }}cells.cohort_date as cohort_date,
        cells.window_days as window_days,
        cells.cohort_size as cohort_size,
        cells.converted_users as converted_users,
        {{ is_complete_since('cells.cohort_date') }} as is_mature
    from (
        select
            {{ keyed(keys) }}cohort_date,
            toUInt8(window_days) as window_days,
            count() as cohort_size,
            countIf(notEmpty(payer_dates) and payer_dates[1] - cohort_date < window_days) as converted_users
        from {{ users }}
        array join [1, 7, 30] as window_days
        group by {{ keyed(keys) }}cohort_date, window_days
    ) as cells
    left join {{ ref('int_days') }} as days on cells.cohort_date + cells.window_days - 1 = days.event_date
{%- endmacro %}

{#- What users have paid, one row per cohort and day number. `revenue` is that since the day number before, which with
    all day numbers is that of the day. -#}
{% macro ltv_cells(users, cohorts, day_numbers, keys=[]) -%}
    select
        *,
        toDecimal64(sum(revenue) over (
            partition by {{ keyed(keys) }}cohort_date order by day_number
        ), 2) as cumulative_revenue
    from (
        select
            {{ keyed_of('cells', keys) }}cells.cohort_date as cohort_date,
            cells.day_number as day_number,
            cells.cohort_size as cohort_size,
            days.is_published as is_published,
            toDecimal64(paid.revenue, 2) as revenue,
            {{ is_complete_since('cells.cohort_date') }} as is_mature
        from ({{ cohort_days(cohorts, day_numbers, keys) }}) as cells
        left join (
            select
                {{ keyed(keys) }}cohort_date,
                arrayFirst(n -> n >= revenue_day.1 - cohort_date, {{ day_numbers }}) as day_number,
                sum(revenue_day.2) as revenue
            from {{ users }}
            array join revenue_days as revenue_day
            where revenue_day.1 - cohort_date <= {{ day_numbers }}[-1]
            group by {{ keyed(keys) }}cohort_date, day_number
        ) as paid
            on
                {{ same_keys('cells', 'paid', keys) }}cells.cohort_date = paid.cohort_date
                and cells.day_number = paid.day_number
        left join {{ ref('int_days') }} as days on cells.cell_date = days.event_date
    )
{%- endmacro %}

{#- Cells of a figure over all mature cohorts. -#}
{% macro over_mature_cohorts(figure) -%}
    countIf(is_mature) as mature_cohorts,
    sumIf(cohort_size, is_mature) as eligible_users,
    sumIf(assumeNotNull({{ figure }}), is_mature) as {{ figure }}
{%- endmacro %}
