-- Every line read of a published load ended in exactly one place.
select
    event_date,
    load_id,
    lines_read,
    late,
    blank_lines,
    ignored,
    accepted,
    duplicates,
    rejected,
    other_day
from {{ source('ops', 'loads') }}
where
    (event_date, load_id) in (select event_date, load_id from {{ ref('published_loads') }})
    and lines_read + late != blank_lines + ignored + accepted + duplicates + rejected + other_day
