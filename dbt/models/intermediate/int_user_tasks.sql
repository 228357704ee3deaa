{{ config(materialized='in_buckets', order_by='tuple()') }}

with user_days as (
    select
        tasks.course as course,
        arraySort(groupArray({{ attempts_of_day() }})) as days
    from {{ ref('stg_user_task_day') }} as attempts
    inner join {{ ref('int_tasks') }} as tasks on attempts.task_id = tasks.task_id
    where {{ in_bucket('attempts.user_id') }}
    group by attempts.user_id, course
),

user_tasks as (
    select
        course,
        -- The days of one task after those of another.
        arraySplit(
            (day, is_first) -> is_first,
            days,
            arrayMap(
                (day, previous) -> {{ task_of('day') }} != {{ task_of('previous') }}, days, arrayShiftRight(days, 1)
            )
        ) as tasks_days
    from user_days
)

select
    course,
    arrayMap(task_days -> {{ task_of('task_days[1]') }}, tasks_days) as tasks,
    arrayMap(task_days -> bitTest(task_days[1], 0)::Bool, tasks_days) as first_is_success,
    arrayMap(task_days -> bitTest(task_days[-1], 22)::Bool, tasks_days) as last_is_success,
    arrayMap(task_days -> arrayExists(day -> bitTest(day, 21), task_days)::Bool, tasks_days) as is_solved,
    -- The outcomes of each day after those of the days before it, 20 at most, and the mark above them.
    arrayMap(
        task_days -> toUInt32(
            arraySum(
                (outcomes, number, numbers) -> if(
                    number > 0 and numbers - number < 20,
                    bitAnd(
                        bitShiftLeft(toUInt64(bitXor(outcomes, bitShiftLeft(1::UInt32, number))), numbers - number),
                        1048575
                    ),
                    0
                ),
                arrayMap(day -> {{ outcomes_of('day') }}, task_days) as days_outcomes,
                arrayMap(outcomes -> {{ number_of('outcomes') }}, days_outcomes) as days_numbers,
                arrayCumSum(days_numbers)
            ) + bitShiftLeft(1::UInt32, least(arraySum(days_numbers), 20))
        ),
        tasks_days
    ) as outcomes
from user_tasks
