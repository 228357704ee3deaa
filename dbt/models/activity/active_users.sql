{{ config(order_by='event_date') }}

with windows as (
    {{ active_windows(ref('int_recency')) }}
),

days as (
    select
        event_date,
        is_published,
        {{ is_complete_since('event_date - 6') }} as is_wau_complete,
        {{ is_complete_since('event_date - 29') }} as is_mau_complete
    from {{ ref('int_days') }} as days
)

select
    days.event_date as event_date,
    if(days.is_published, activity.dau, null) as dau,
    if(days.is_published, windows.wau, null) as wau,
    if(days.is_published, windows.mau, null) as mau,
    {{ ratio('activity.dau', 'windows.wau', when='days.is_wau_complete') }} as dau_wau_ratio,
    {{ ratio('activity.dau', 'windows.mau', when='days.is_mau_complete') }} as dau_mau_ratio,
    {{ ratio('windows.wau', 'windows.mau', when='days.is_mau_complete') }} as wau_mau_ratio,
    days.is_wau_complete as is_wau_complete,
    days.is_mau_complete as is_mau_complete
from days
left join {{ ref('stg_daily_activity') }} as activity on days.event_date = activity.event_date
left join windows on days.event_date = windows.event_date
