{{ config(order_by='event_date') }}

with knowing as (
    select event_date
    from {{ source('ops', 'publications') }}
    where
        (event_date, load_id) in (select event_date, load_id from {{ ref('published_loads') }})
        and mapContains("rows", 'staging.user_lesson_day')
),

marked as (
    select
        event_date,
        min(event_date) over () as first_date,
        toBool(event_date in (select event_date from knowing)) as is_known
    from {{ ref('int_days') }}
)

select
    event_date,
    is_known,
    {{ last_missing_date('is_known') }} as last_missing_date
from marked
