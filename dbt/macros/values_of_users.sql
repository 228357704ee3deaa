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
