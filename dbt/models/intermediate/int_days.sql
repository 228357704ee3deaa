{{ config(order_by='event_date') }}

with span as (
    select
        min(event_date) as first_date,
        max(event_date) as last_date
    from {{ ref('published_loads') }}
    having count() > 0
),

calendar as (
    select
        first_date,
        first_date + arrayJoin(range(toUInt32(last_date - first_date + 1))) as event_date
    from span
),

marked as (
    select
        event_date,
        first_date,
        toBool(event_date in (select event_date from {{ ref('published_loads') }})) as is_published
    from calendar
)

select
    event_date,
    is_published,
    {{ last_missing_date('is_published') }} as last_missing_date
from marked
