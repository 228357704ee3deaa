{{ config(order_by='task_id') }}

with user_tasks as (
    select
        task_id,
        user_id,
        sum(attempts) as attempts,
        sum(successes) as successes,
        min(event_date) as first_date,
        argMin(first_is_success, event_date) as first_is_success,
        argMax(last_is_success, event_date) as last_is_success
    from {{ ref('stg_user_task_day') }}
    group by task_id, user_id
),

tasks as (
    select
        task_id,
        min(first_date) as first_date,
        sum(user_tasks.attempts) as attempts,
        sum(user_tasks.successes) as successes,
        count() as users,
        countIf(user_tasks.successes > 0) as users_succeeded,
        countIf(first_is_success) as first_successes,
        countIf(last_is_success) as last_successes
    from user_tasks
    group by task_id
)

select
    task_id,
    attempts,
    successes,
    {{ ratio('successes', 'attempts') }} as success_rate,
    users,
    users_succeeded,
    {{ ratio('first_successes', 'users') }} as first_attempt_success_rate,
    {{ ratio('last_successes', 'users') }} as last_attempt_success_rate,
    {{ ratio('attempts', 'users_succeeded') }} as attempts_per_completed_task,
    {{ is_complete_to_the_end('tasks.first_date') }} as is_complete
from tasks
cross join ({{ history() }}) as history
