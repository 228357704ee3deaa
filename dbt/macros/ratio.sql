{#- One division of exact sums; NULL where `when` does not hold or nothing is there to divide by. -#}
{% macro ratio(numerator, denominator, when='true') -%}
    if(({{ when }}) and {{ denominator }} > 0, toFloat64({{ numerator }}) / {{ denominator }}, null)
{%- endmacro %}
