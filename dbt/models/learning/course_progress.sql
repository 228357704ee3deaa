{{ config(order_by='(course_id, cohort_date, day_number)') }}

{% set day_numbers = [0, 1, 3, 7, 14, 30, 60, 90] %}

with active as (
    {{ retention_cells(ref('int_user_courses'), ref('int_course_cohorts'), day_numbers, ['course_id']) }}
),

completed as (
    select
        course_id,
        cohort_date,
        arrayFirst(n -> n >= completed_date - cohort_date, {{ day_numbers }}) as day_number,
        count() as lessons
    from {{ ref('int_user_courses') }}
    array join completed_dates as completed_date
    where completed_date - cohort_date <= {{ day_numbers[-1] }}
    group by course_id, cohort_date, day_number
),

cells as (
    select
        active.course_id as course_id,
        active.cohort_date as cohort_date,
        active.day_number as day_number,
        active.cohort_size as cohort_size,
        active.retained_users as active_users,
        sum(completed.lessons) over (
            partition by active.course_id, active.cohort_date order by active.day_number
        ) as lessons_completed,
        {{ is_complete_since('active.cohort_date') }} as is_mature
    from active
    left join completed
        on
            active.course_id = completed.course_id
            and active.cohort_date = completed.cohort_date
            and active.day_number = completed.day_number
    left join {{ ref('int_lesson_days') }} as days on active.cell_date = days.event_date
)

select
    course_id,
    cohort_date,
    day_number,
    cohort_size,
    if(is_mature, active_users, null) as active_users,
    if(is_mature, lessons_completed, null) as lessons_completed,
    {{ ratio('lessons_completed', 'cohort_size', when='is_mature') }} as lessons_completed_per_user,
    is_mature
from cells
