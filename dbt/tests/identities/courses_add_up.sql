-- Users of a course's cohorts are those of its lessons, and their completions no more than the lessons'.
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
        sum(cohort_users) as users,
        sum(most_completed) as completed
    from (
        select
            course_id,
            cohort_date,
            any(cohort_size) as cohort_users,
            max(ifNull(lessons_completed, 0)) as most_completed
        from {{ ref('course_progress') }}
        group by course_id, cohort_date
    )
    group by course_id
)

select *
from lessons
full join courses using (course_id)
where
    not (courses.users between lessons.most_users and lessons.started)
    or courses.completed > lessons.completed
