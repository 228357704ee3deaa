-- Where no row of a day is incomplete, its users are the day's; else no more than those.
select
    streaks.event_date as event_date,
    sum(streaks.users) as users,
    any(activity.dau) as dau
from {{ ref('streaks') }} as streaks
left join {{ ref('stg_daily_activity') }} as activity on streaks.event_date = activity.event_date
group by event_date
having if(min(streaks.is_complete), ifNull(users, 0) != dau, users > dau)
