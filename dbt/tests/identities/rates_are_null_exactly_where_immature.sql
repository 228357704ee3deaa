-- A rate is NULL where its cell is not mature, and only there.
{% set rates = [
    ('retention', 'retention_rate', 'is_mature'),
    ('ltv', 'ltv', 'is_mature'),
    ('conversion', 'conversion_rate', 'is_mature'),
    ('retention_by_segment', 'retention_rate', 'is_mature'),
    ('retention_summary_by_segment', 'weighted_rate', 'mature_cohorts > 0'),
    ('conversion_by_segment', 'conversion_rate', 'mature_cohorts > 0'),
    ('ltv_by_segment', 'ltv', 'mature_cohorts > 0'),
    ('stickiness', 'users', 'is_complete'),
    ('streaks', 'users', 'is_complete'),
    ('course_progress', 'lessons_completed_per_user', 'is_mature'),
    ('user_lifecycle', 'new_users', 'is_complete'),
    ('active_users', 'dau_wau_ratio', 'is_wau_complete and wau > 0'),
    ('active_users', 'dau_mau_ratio', 'is_mau_complete and mau > 0'),
    ('revenue_by_period', 'arpu', 'is_complete and active_users > 0'),
] %}
{% for mart, rate, is_mature in rates %}
select
    '{{ mart }}' as mart,
    '{{ rate }}' as rate,
    count() as row_count
from {{ ref(mart) }}
where isNull({{ rate }}) = ifNull({{ is_mature }}, false)
having row_count > 0
{{ 'union all' if not loop.last }}
{% endfor %}
