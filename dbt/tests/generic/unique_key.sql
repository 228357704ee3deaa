{#- The grain: rows that share the values of `columns` with another row. -#}
{% test unique_key(model, columns) %}
select
    {{ columns | join(', ') }},
    count() as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having row_count > 1
{% endtest %}
