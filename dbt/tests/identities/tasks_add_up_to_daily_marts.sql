-- Attempts and successes by task and by day, and pairs of a user and a task by task and by opportunity: the same where
-- all days know outcomes.
with tasks as (
    select
        sum(attempts) as attempts,
        sum(successes) as successes,
        sum(users) as pairs
    from {{ ref('task_effectiveness') }}
),

days as (
    select
        sum(task_attempts) as attempts,
        sum(task_successes) as successes
    from {{ ref('stg_daily_task_results') }}
),

curves as (
    select
        sumIf(attempted_pairs, opportunity = 1) as pairs,
        min(is_complete) as is_complete
    from {{ ref('learning_curves') }}
)

select *
from tasks
cross join days
cross join curves
where
    tasks.attempts != days.attempts
    or tasks.successes != days.successes
    or curves.pairs > tasks.pairs
    or (curves.is_complete and curves.pairs != tasks.pairs)
