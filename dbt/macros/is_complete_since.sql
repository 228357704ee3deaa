{#- Whether every day from `first` to the row of `days` (int_days, left joined) is published. Days after the last
    published one are not in the calendar: the join gives the smallest date there. -#}
{% macro is_complete_since(first) -%}
    toBool(days.event_date > toDate(0) and {{ first }} > days.last_missing_date)
{%- endmacro %}

{#- For the macro below: one row. `days` may be another calendar with the columns of int_days. -#}
{% macro history(days=none) -%}
    select
        min(event_date) as first_date,
        max(last_missing_date) as last_missing_date
    from {{ days or ref('int_days') }}
{%- endmacro %}

{#- Whether every day from `first`, the first day on which something was seen, to the last published one is published,
    the day before `first` included: it may have begun on that day. `history` is the row above, cross joined. -#}
{% macro is_complete_to_the_end(first) -%}
    toBool(history.last_missing_date < history.first_date or {{ first }} > history.last_missing_date + 1)
{%- endmacro %}

{#- The latest day up to that of the row that is not there; where none is missing, the day before the first one. -#}
{% macro last_missing_date(is_there, keys=[]) -%}
    max(if({{ is_there }}, first_date - 1, event_date)) over (
        {{ 'partition by ' ~ keys | join(', ') if keys }} order by event_date
    )
{%- endmacro %}
