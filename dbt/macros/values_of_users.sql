{#- Rows of int_user_profiles by dimension: the value that the user had on the days of the row, '' = none. -#}
{% macro values_of_users() -%}
    select
        user_id,
        dimension,
        dimensions[dimension] as value,
        active_dates
    from {{ ref('int_user_profiles') }}
    array join (select groupArray(dimension) from {{ ref('int_dimensions') }}) as dimension
{%- endmacro %}
