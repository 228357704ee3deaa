{{ config(order_by='task_id') }}

select
    task_id,
    min(event_date) as first_date,
    -- Without outcomes the row is of a day that does not know lessons.
    maxIf(event_date, notEmpty(outcomes)) as last_known_date,
    sum(attempts) as attempts,
    sum(successes) as successes
from {{ ref('stg_user_task_day') }}
group by task_id
