-- Marts whose number of rows is not that of their calendar.
{% set days = '(select count() from ' ~ ref('int_days') ~ ')' %}
{% set cohorts = '(select count() from ' ~ ref('int_cohorts') ~ ')' %}
{% set course_cohorts = '(select count() from ' ~ ref('int_course_cohorts') ~ ')' %}
{% set segments = '(select count() from ' ~ ref('int_segments') ~ ')' %}
{% set segment_cohorts = '(select count() from ' ~ ref('int_segment_cohorts') ~ ')' %}
{% set segments_with_cohorts = '(select uniqExact(segment) from ' ~ ref('int_segment_cohorts') ~ ')' %}
{% set days_of_tests -%}
    (
        select
            sum(length(ab_groups) * least(judged_until - first_exposed_date + 1, {{ var('ab_test_history_days') }}))
            * (select uniqExact(metric) from {{ ref('ab_test_results') }})
        from {{ ref('int_ab_tests') }}
        where isNull(window_days)
    )
{%- endset %}
{% set rows = [
    ('active_users', days),
    ('stickiness', days ~ ' * 28'),
    ('streaks', days ~ ' * 30'),
    ('retention', cohorts ~ ' * 91'),
    ('ltv', cohorts ~ ' * 181'),
    ('conversion', cohorts ~ ' * 3'),
    ('course_progress', course_cohorts ~ ' * 8'),
    ('active_users_by_segment', days ~ ' * ' ~ segments),
    ('retention_by_segment', segment_cohorts ~ ' * 33'),
    ('retention_summary_by_segment', segments_with_cohorts ~ ' * 33'),
    ('conversion_by_segment', segments_with_cohorts ~ ' * 3'),
    ('ltv_by_segment', segments_with_cohorts ~ ' * 9'),
    ('ab_test_history', days_of_tests),
] %}
{% for mart, expected in rows %}
select
    '{{ mart }}' as mart,
    (select count() from {{ ref(mart) }}) as row_count,
    {{ expected }} as expected_rows
where row_count != expected_rows
{{ 'union all' if not loop.last }}
{% endfor %}
