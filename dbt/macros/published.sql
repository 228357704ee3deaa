{#- The rows of a table of store that this run sees: those of the loads pinned at its start, or of some of them. -#}
{% macro published(table, loads='published_loads') -%}
    select * except (load_id, _task)
    from {{ source('store', table) }}
    where (event_date, load_id) in (select event_date, load_id from {{ ref(loads) }})
{%- endmacro %}
