{{ config(order_by='task_id') }}

select
    task_id,
    min(event_date) as first_date,
    maxIf(
        event_date, event_date in (select event_date from {{ ref('int_lesson_days') }} where is_known)
    ) as last_known_date,
    sum(attempts) as attempts,
    sum(successes) as successes
from {{ ref('stg_user_task_day') }}
group by task_id
