-- marts.daily_activity of the changed days, recomputed from raw.
with events as (
    select
        event_date,
        uniqExact(user_id) as dau,
        count() as event_count
    from ({{ published('raw_events', 'int_changed_loads') }})
    group by event_date
),

sessions as (
    select
        event_date,
        count() as session_count,
        sum(date_diff('microsecond', session_start, session_end)) / 1e6 / session_count as avg_session_seconds
    from ({{ published('raw_sessions', 'int_changed_loads') }})
    group by event_date
)

select
    changed.event_date as event_date,
    stored.* except (event_date),
    events.dau,
    events.event_count,
    sessions.session_count,
    sessions.avg_session_seconds
from {{ ref('int_changed_loads') }} as changed
left join {{ ref('stg_daily_activity') }} as stored on changed.event_date = stored.event_date
left join events on changed.event_date = events.event_date
left join sessions on changed.event_date = sessions.event_date
where
    stored.event_date != changed.event_date
    or stored.dau != events.dau
    or stored.event_count != events.event_count
    or stored.session_count != sessions.session_count
    or {{ differs('stored.avg_session_seconds', 'if(sessions.session_count > 0, sessions.avg_session_seconds, null)') }}
