{{ config(materialized='table', order_by='event_date') }}

-- A day whose last publication is a withdrawal has load 0. A replica builds of what it shows, which it holds.
select
    p.event_date as event_date,
    argMax(p.load_id, p.seq) as load_id
from {{ 'ops.shown' if execute and is_replicated() else source('ops', 'publications') }} as p
group by p.event_date
having argMax(p.load_id, p.seq) != 0
