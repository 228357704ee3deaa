-- marts.daily_task_results of the changed days, recomputed from raw.
with results as (
    select
        event_date,
        count() as task_attempts,
        countIf(is_success) as task_successes,
        uniqExact(user_id) as users_attempted,
        uniqExactIf(user_id, is_success) as users_succeeded
    from ({{ published('raw_task_results', 'int_changed_loads') }})
    group by event_date
)

select
    changed.event_date as event_date,
    stored.* except (event_date),
    results.* except (event_date)
from {{ ref('int_changed_loads') }} as changed
left join {{ ref('stg_daily_task_results') }} as stored on changed.event_date = stored.event_date
left join results on changed.event_date = results.event_date
where
    stored.event_date != changed.event_date
    or stored.task_attempts != results.task_attempts
    or stored.task_successes != results.task_successes
    or stored.users_attempted != results.users_attempted
    or stored.users_succeeded != results.users_succeeded
    or {{ differs('stored.success_rate', ratio('results.task_successes', 'results.task_attempts')) }}
