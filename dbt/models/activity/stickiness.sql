{{ config(order_by='(event_date, days_active)') }}

-- An active day enters the window on its own date and leaves it 28 days later. A step is date * 2, + 1 where a day
-- enters: in order, and small.
with user_steps as (
    select arraySort(arrayConcat(
        arrayMap(active_date -> toUInt32(active_date) * 2 + 1, active_dates),
        arrayMap(active_date -> toUInt32(active_date + 28) * 2, active_dates)
    )) as steps
    from {{ ref('int_users') }}
),

steps as (
    select
        step,
        days_after,
        count() as step_users
    from user_steps
    array join
        steps as step,
        arrayCumSum(user_step -> if(user_step % 2 = 1, 1, -1), steps) as days_after
    group by step, days_after
),

-- Each step moves its users from one number of active days to the next.
moves as (
    select
        toDate(intDiv(step, 2)) as event_date,
        moved_days as days_active,
        sum(moved_users) as users
    from steps
    array join
        [days_after, days_after + if(step % 2 = 1, -1, 1)] as moved_days,
        [toInt64(step_users), -toInt64(step_users)] as moved_users
    group by event_date, days_active
),

cells as (
    select
        event_date,
        {{ is_complete_since('event_date - 27') }} as is_complete,
        toUInt8(days_active) as days_active
    from {{ ref('int_days') }} as days
    array join range(1, 29) as days_active
)

select
    cells.event_date as event_date,
    cells.days_active as days_active,
    if(
        cells.is_complete,
        toUInt64(sum(moves.users) over (partition by cells.days_active order by cells.event_date)),
        null
    ) as users,
    cells.is_complete as is_complete
from cells
left join moves on cells.event_date = moves.event_date and cells.days_active = moves.days_active
