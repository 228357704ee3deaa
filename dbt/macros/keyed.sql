{#- Columns that a figure is counted by beside its own, in front of those: none where all users are counted together,
    those of a segment where they are not. So one query gives the figure of both. -#}
{% macro keyed(keys) -%}
    {% for key in keys %}{{ key }}, {% endfor %}
{%- endmacro %}

{#- The same, of one of the tables of a join. -#}
{% macro keyed_of(table, keys) -%}
    {% for key in keys %}{{ table }}.{{ key }} as {{ key }}, {% endfor %}
{%- endmacro %}

{#- The condition of a join by them, in front of its own. -#}
{% macro same_keys(left, right, keys) -%}
    {% for key in keys %}{{ left }}.{{ key }} = {{ right }}.{{ key }} and {% endfor %}
{%- endmacro %}
