-- A user has one value of a dimension on a day, so the users of all its values are the day's.
select
    segments.dimension as dimension,
    segments.event_date as event_date,
    sum(segments.dau) as of_segments,
    any(activity.dau) as of_day
from {{ ref('active_users_by_segment') }} as segments
inner join {{ ref('stg_daily_activity') }} as activity on segments.event_date = activity.event_date
where segments.dau is not null
group by dimension, event_date
having of_segments != of_day
