-- Users of a course's cohorts are those of its lessons, and their completions on day 90 no more than the lessons'.
with lessons as (
    select
        course_id,
        sum(completed_users) as completed,
        max(started_users) as most_users,
        sum(started_users) as started
    from {{ ref('lesson_progress') }}
    group by course_id
),

courses as (
    select
        course_id,
        sumIf(cohort_size, day_number = 0) as users,
        sumIf(ifNull(lessons_completed, 0), day_number = 90) as completed
    from {{ ref('course_progress') }}
    group by course_id
)

select *
from lessons
full join courses using (course_id)
where
    not (courses.users between lessons.most_users and lessons.started)
    or courses.completed > lessons.completed
