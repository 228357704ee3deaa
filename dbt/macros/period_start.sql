{#- First day of the period (`day`, ISO `week`, `month`) that a date lies in. -#}
{% macro period_start(period, date) -%}
    {{ {'day': '', 'week': 'toMonday', 'month': 'toStartOfMonth'}[period] }}({{ date }})
{%- endmacro %}

{#- First day of the period before the one that starts on `start`. -#}
{% macro previous_period_start(period, start) -%}
    {{ {'day': 'subtractDays', 'week': 'subtractWeeks', 'month': 'subtractMonths'}[period] }}({{ start }}, 1)
{%- endmacro %}
