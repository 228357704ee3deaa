{{ config(
    materialized='in_buckets',
    order_by='tuple()',
    indexes=index_of_users()
) }}

-- A user changes seldom: this is a fraction of the user days, whatever the number of dimensions. Grouped by an array of
-- values, which takes half the time of grouping by the map.
with (select groupArray(dimension::String) from {{ ref('int_dimensions') }}) as names

select
    user_id,
    mapFromArrays(names, all_values) as dimensions,
    active_dates
from (
    select
        user_id,
        arrayMap(name -> dimensions[name], names) as all_values,
        groupArray(event_date) as active_dates
    from {{ ref('stg_user_day') }}
    where {{ in_bucket() }} and {{ has_dimensions() }}
    group by user_id, all_values
)
