{{ config(order_by='event_date') }}

{% set last = adapter.get_relation(database='', schema='marts', identifier='published_loads') %}

select
    event_date,
    load_id
from {{ ref('published_loads') }}
{% if last is not none -%}
where (event_date, load_id) not in (select event_date, load_id from {{ last }})
{%- endif %}
