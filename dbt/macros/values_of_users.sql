{#- Rows of int_user_profiles by dimension: the value that the user had on the days of the row, '' = none. -#}
{% macro values_of_users() -%}
    select
        user_id,
        dimension,
        value,
        active_dates
    from {{ ref('int_user_profiles') }}
    array join mapKeys(dimensions) as dimension, mapValues(dimensions) as value
{%- endmacro %}

{#- Whether any published load has a dimension. The server evaluates it first; where there is none, it reads nothing. -#}
{% macro has_dimensions() -%}
    (select count() > 0 from {{ ref('int_dimensions') }})
{%- endmacro %}
