-- Marts whose number of rows is not that of their calendar.
{% set days = '(select count() from ' ~ ref('int_days') ~ ')' %}
{% set cohorts = '(select count() from ' ~ ref('int_cohorts') ~ ')' %}
{% set rows = [
    ('active_users', days),
    ('stickiness', days ~ ' * 28'),
    ('retention', cohorts ~ ' * 91'),
    ('ltv', cohorts ~ ' * 181'),
    ('conversion', cohorts ~ ' * 3'),
] %}
{% for mart, expected in rows %}
select
    '{{ mart }}' as mart,
    (select count() from {{ ref(mart) }}) as row_count,
    {{ expected }} as expected_rows
where row_count != expected_rows
{{ 'union all' if not loop.last }}
{% endfor %}
