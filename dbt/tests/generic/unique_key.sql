{#- The grain: rows that share the values of `columns` with another row. -#}
{% test unique_key(model, columns) %}
select
    {{ columns | join(', ') }},
    count() as rows
from {{ model }}
group by {{ columns | join(', ') }}
having rows > 1
{% endtest %}
