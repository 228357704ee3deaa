{#- Whether every day from `first` to the row of `days` (int_days, left joined) is published. Days after the last
    published one are not in the calendar: the join gives the smallest date there. -#}
{% macro is_complete_since(first) -%}
    toBool(days.event_date > toDate(0) and {{ first }} > days.last_missing_date)
{%- endmacro %}
