{#- What must be true of every row: the rows where `expression` is not. -#}
{% test holds(model, expression) %}
select *
from {{ model }}
where not coalesce({{ expression }}, false)
{% endtest %}
