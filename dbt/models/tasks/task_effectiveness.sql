{{ config(order_by='task_id') }}

with user_tasks as (
    select
        task_id,
        user_id,
        sum(attempts) as attempts,
        sum(successes) as successes,
        argMin(first_is_success, event_date) as first_is_success,
        argMax(last_is_success, event_date) as last_is_success
    from {{ ref('stg_user_task_day') }}
    group by task_id, user_id
)

select
    task_id,
    sum(user_tasks.attempts) as attempts,
    sum(user_tasks.successes) as successes,
    {{ ratio('successes', 'attempts') }} as success_rate,
    count() as users,
    countIf(user_tasks.successes > 0) as users_succeeded,
    {{ ratio('countIf(first_is_success)', 'users') }} as first_attempt_success_rate,
    {{ ratio('countIf(last_is_success)', 'users') }} as last_attempt_success_rate,
    {{ ratio('attempts', 'users_succeeded') }} as attempts_per_completed_task
from user_tasks
group by task_id
