{{ config(materialized='table', order_by='event_date') }}

select
    event_date,
    argMax(load_id, seq) as load_id
from {{ source('ops', 'publications') }}
group by event_date
having argMax(load_id, seq) != 0  -- withdrawn otherwise
