{{ config(order_by='task_id') }}

-- Only of each task's last day: to compare the attempts of all days takes three times as long.
with lessons as (
    select
        task_id,
        argMax((course_id, lesson_id), (last_attempt_at, course_id, lesson_id)) as last_lesson
    from {{ ref('stg_user_task_day') }}
    where (task_id, event_date) in (select task_id, last_known_date from {{ ref('int_task_totals') }})
    group by task_id
)

select
    tasks.task_id as task_id,
    toLowCardinality(lessons.last_lesson.1) as course_id,
    toLowCardinality(lessons.last_lesson.2) as lesson_id,
    toBool(tasks.last_known_date > toDate(0)) as is_known,
    toUInt32(row_number() over (order by is_known, course_id, task_id)) as task,
    toUInt32(dense_rank() over (order by is_known, course_id)) as course,
    tasks.first_date as first_date,
    tasks.attempts as attempts,
    tasks.successes as successes
from {{ ref('int_task_totals') }} as tasks
left join lessons on tasks.task_id = lessons.task_id
