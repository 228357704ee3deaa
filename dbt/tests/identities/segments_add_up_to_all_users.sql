-- A user has one value of a dimension on the cohort day, so the users of all its values are all users.
{% set marts = [
    ('retention', ['cohort_date', 'day_number'], ['cohort_size', 'retained_users']),
    ('retention_summary', ['day_number'], ['eligible_users', 'retained_users']),
    ('conversion', ['window_days'], ['eligible_users', 'converted_users']),
    ('ltv', ['day_number'], ['eligible_users', 'cumulative_revenue']),
] %}
{% for mart, keys, figures in marts %}
{% set by_segment = ref(mart ~ '_by_segment') %}
select
    '{{ mart }}' as mart,
    *
from (
    select
        dimension,
        toString(tuple({{ keys | join(', ') }})) as cell,
        toString(({{ figures | join(', ') }})) as of_all_users
    from {% if mart in ('conversion', 'ltv') -%}
        (
            select
                {{ keyed(keys) }}
                {{ over_mature_cohorts(figures[1]) }}
            from {{ ref(mart) }}
            group by {{ keys | join(', ') }}
        )
        {%- else -%}
        {{ ref(mart) }}
        {%- endif %}
    array join (select groupArray(dimension) from {{ ref('int_dimensions') }}) as dimension
    where {{ keys[-1] }} in (select {{ keys[-1] }} from {{ by_segment }})
) as totals
left join (
    select
        dimension,
        toString(tuple({{ keys | join(', ') }})) as cell,
        toString((sum({{ figures[0] }}), sum({{ figures[1] }}))) as of_segments
    from {{ by_segment }}
    group by {{ keyed(keys) }}dimension
) as segments using (dimension, cell)
where of_all_users != of_segments
{{ 'union all' if not loop.last }}
{% endfor %}
