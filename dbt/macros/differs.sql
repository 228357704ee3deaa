{#- Whether two fractions differ by more than the rounding of a division. -#}
{% macro differs(left, right) -%}
    (isNull({{ left }}) != isNull({{ right }}) or abs({{ left }} - {{ right }}) > 1e-12 * abs({{ right }}))
{%- endmacro %}
