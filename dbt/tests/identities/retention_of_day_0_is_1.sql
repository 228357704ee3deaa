{% for mart in ['retention', 'retention_by_segment'] %}
select
    '{{ mart }}' as mart,
    cohort_date,
    retention_rate
from {{ ref(mart) }}
where day_number = 0 and (retention_rate is null or retention_rate != 1)
{{ 'union all' if not loop.last }}
{% endfor %}
