{{ config(order_by='(dimension, value, event_date)') }}

with windows as (
    {{ active_windows(ref('int_segment_recency'), ['segment']) }}
)

select
    segments.dimension as dimension,
    segments.value as value,
    days.event_date as event_date,
    if(days.is_known, windows.dau, null) as dau,
    if(days.is_known, windows.wau, null) as wau,
    if(days.is_known, windows.mau, null) as mau,
    {{ is_complete_since('days.event_date - 6') }} as is_wau_complete,
    {{ is_complete_since('days.event_date - 29') }} as is_mau_complete
from {{ ref('int_segments') }} as segments
inner join {{ ref('int_segment_days') }} as days on segments.dimension = days.dimension
left join windows on segments.segment = windows.segment and days.event_date = windows.event_date
