{{ config(order_by='(course_id, lesson_id)') }}

{% set quiet_days = 14 %}

with lessons as (
    select
        course_id,
        lesson_id,
        min(lessons.first_date) as first_date,
        count() as started_users,
        countIf(first_completed_date > toDate(0)) as completed_users,
        -- The lower of two in the middle, which is one that a user has.
        medianExactLowOrNullIf(
            toUnixTimestamp64Micro(first_started_at), first_started_at > toDateTime64(0, 6, 'UTC')
        ) as median_start,
        medianExactLowOrNullIf(
            intDiv(toUnixTimestamp64Micro(first_completed_at) - toUnixTimestamp64Micro(first_started_at), 86400000000),
            first_started_at > toDateTime64(0, 6, 'UTC') and first_completed_at >= first_started_at
        ) as median_days
    from {{ ref('int_user_lessons') }} as lessons
    where lessons.first_date > toDate(0)
    group by course_id, lesson_id
),

last_day as (
    select max(event_date) as last_date from {{ ref('int_lesson_days') }}
),

stopped as (
    select
        course_id,
        last_lesson_id as lesson_id,
        count() as users
    from {{ ref('int_user_courses') }}
    cross join last_day
    where not is_last_completed and active_dates[-1] <= last_date - {{ quiet_days }}
    group by course_id, lesson_id
)

select
    lessons.course_id as course_id,
    lessons.lesson_id as lesson_id,
    lessons.started_users as started_users,
    lessons.completed_users as completed_users,
    {{ ratio('lessons.completed_users', 'lessons.started_users') }} as completion_rate,
    fromUnixTimestamp64Micro(lessons.median_start, 'UTC') as median_first_started_at,
    toUInt32(lessons.median_days) as median_days_to_complete,
    if(history.last_missing_date < last_date - {{ quiet_days - 1 }}, stopped.users, null) as stopped_users,
    {{ ratio('stopped_users', 'lessons.started_users', when='isNotNull(stopped_users)') }} as stop_rate,
    {{ is_complete_to_the_end('lessons.first_date') }} as is_complete
from lessons
left join stopped on lessons.course_id = stopped.course_id and lessons.lesson_id = stopped.lesson_id
cross join last_day
cross join ({{ history(ref('int_lesson_days')) }}) as history
