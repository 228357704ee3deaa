-- marts.daily_revenue of the changed days, recomputed from raw.
with purchases as (
    select
        event_date,
        sum(purchase_amount) as revenue,
        count() as purchase_count,
        uniqExactIf(user_id, purchase_amount > 0) as payers
    from ({{ published('raw_purchases', 'int_changed_loads') }})
    group by event_date
),

events as (
    select
        event_date,
        uniqExact(user_id) as dau
    from ({{ published('raw_events', 'int_changed_loads') }})
    group by event_date
)

select
    changed.event_date as event_date,
    stored.* except (event_date),
    purchases.* except (event_date),
    events.dau
from {{ ref('int_changed_loads') }} as changed
left join {{ ref('stg_daily_revenue') }} as stored on changed.event_date = stored.event_date
left join purchases on changed.event_date = purchases.event_date
left join events on changed.event_date = events.event_date
where
    stored.event_date != changed.event_date
    or stored.revenue != purchases.revenue
    or stored.purchase_count != purchases.purchase_count
    or stored.payers != purchases.payers
    or stored.dau != events.dau
    or {{ differs('stored.arpu', ratio('purchases.revenue', 'events.dau')) }}
    or {{ differs('stored.arppu', ratio('purchases.revenue', 'purchases.payers')) }}
    or {{ differs('stored.payer_share', ratio('purchases.payers', 'events.dau')) }}
