-- marts.daily_ab_assignments of the changed days, recomputed from raw: rows that only one side has.
with stored as (
    select *
    from {{ ref('stg_daily_ab_assignments') }}
    where event_date in (select event_date from {{ ref('int_changed_loads') }})
),

recomputed as (
    select
        event_date,
        ab_test_id,
        ab_group,
        uniqExact(user_id) as assigned_users
    from ({{ published('raw_ab_test_assignments', 'int_changed_loads') }})
    group by event_date, ab_test_id, ab_group
)

select
    event_date,
    ab_test_id,
    ab_group,
    groupArray((side, assigned_users)) as sides
from (
    select 'stored' as side, * from stored
    union all
    select 'recomputed' as side, * from recomputed
)
group by event_date, ab_test_id, ab_group
having count() != 2 or min(assigned_users) != max(assigned_users)
