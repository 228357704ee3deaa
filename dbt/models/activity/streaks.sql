{{ config(order_by='(event_date, streak_days)') }}

-- The run that a day belongs to begins on the last day before it that does not follow another one.
with streaks as (
    select
        event_date,
        least(event_date - run_start + 1, 30) as streak_days,
        count() as users
    from (
        select
            active_dates,
            arrayFill(
                (active_date, is_start) -> is_start,
                active_dates,
                arrayMap(
                    (active_date, previous) -> active_date - previous != 1,
                    active_dates,
                    arrayShiftRight(active_dates, 1)
                )
            ) as run_starts
        from {{ ref('int_users') }}
    )
    array join
        active_dates as event_date,
        run_starts as run_start
    group by event_date, streak_days
),

cells as (
    select
        event_date,
        toUInt8(streak_days) as streak_days,
        -- A run of fewer than 30 days begins after a day without activity, which must be known as well.
        {{ is_complete_since('event_date - least(streak_days, 29)') }} as is_complete
    from {{ ref('int_days') }} as days
    array join range(1, 31) as streak_days
)

select
    cells.event_date as event_date,
    cells.streak_days as streak_days,
    if(cells.is_complete, streaks.users, null) as users,
    cells.is_complete as is_complete
from cells
left join streaks on cells.event_date = streaks.event_date and cells.streak_days = streaks.streak_days
