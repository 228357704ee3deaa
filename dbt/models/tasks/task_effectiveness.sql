{{ config(order_by='task_id') }}

-- The rest score of a user at a task: the share of their other tasks of the course whose first attempt succeeded, in
-- billionths. So all sums are of whole numbers, and in any order the same.
with user_tasks as (
    select
        *,
        length(tasks) as tried,
        arrayCount(first_is_success) as succeeded,
        tried > 1 as has_rest,
        arrayMap(
            is_success -> intDiv((succeeded - is_success) * 1000000000, greatest(tried - 1, 1)),
            first_is_success
        ) as rests
    from {{ ref('int_user_tasks') }}
),

users as (
    select
        task,
        count() as users,
        countIf(is_solved) as users_succeeded,
        countIf(is_first_success) as first_successes,
        countIf(is_last_success) as last_successes,
        toInt256(countIf(has_rest)) as pairs,
        toInt256(countIf(is_first_success and has_rest)) as pair_successes,
        toInt256(sumIf(rest, has_rest)) as rest_sum,
        toInt256(sumIf(toUInt128(rest) * rest, has_rest)) as rest_squares,
        toInt256(sumIf(rest, is_first_success and has_rest)) as products
    from user_tasks
    array join
        tasks as task,
        first_is_success as is_first_success,
        last_is_success as is_last_success,
        is_solved as is_solved,
        rests as rest
    group by task
),

figures as (
    select
        *,
        -- pairs² times the covariance and the variances of both sides
        pairs * products - pair_successes * rest_sum as covariance,
        pair_successes * (pairs - pair_successes) as variance,
        pairs * rest_squares - rest_sum * rest_sum as rest_variance
    from users
)

select
    tasks.task_id as task_id,
    tasks.course_id as course_id,
    tasks.lesson_id as lesson_id,
    tasks.attempts as attempts,
    tasks.successes as successes,
    {{ ratio('tasks.successes', 'tasks.attempts') }} as success_rate,
    figures.users as users,
    figures.users_succeeded as users_succeeded,
    {{ ratio('figures.first_successes', 'figures.users') }} as first_attempt_success_rate,
    {{ ratio('figures.last_successes', 'figures.users') }} as last_attempt_success_rate,
    {{ ratio('tasks.attempts', 'figures.users_succeeded') }} as attempts_per_completed_task,
    if(
        tasks.is_known and figures.pairs >= 30 and figures.variance > 0 and figures.rest_variance > 0,
        toFloat64(figures.covariance) / sqrt(toFloat64(figures.variance)) / sqrt(toFloat64(figures.rest_variance)),
        null
    ) as discrimination,
    if(tasks.is_known, toUInt64(figures.pairs), null) as discrimination_users,
    {{ is_complete_to_the_end('tasks.first_date') }} as is_complete
from {{ ref('int_tasks') }} as tasks
inner join figures on tasks.task = figures.task
cross join ({{ history() }}) as history
