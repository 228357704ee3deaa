-- Users of a day, test and group, counted over stg_ab_test_user_day: a user that is there twice shows.
select
    event_date,
    ab_test_id,
    ab_group,
    daily.assigned_users as of_day,
    by_user.assigned_users as of_users
from {{ ref('stg_daily_ab_assignments') }} as daily
full join (
    select
        event_date,
        ab_test_id,
        ab_group,
        count() as assigned_users
    from {{ ref('stg_ab_test_user_day') }}
    group by event_date, ab_test_id, ab_group
) as by_user using (event_date, ab_test_id, ab_group)
where of_day != of_users
