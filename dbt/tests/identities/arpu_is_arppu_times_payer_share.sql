{% set marts = [('revenue_by_period', 'period_start'), ('stg_daily_revenue', 'event_date')] %}
{% for mart, start in marts %}
select
    '{{ mart }}' as mart,
    {{ start }} as start,
    arpu,
    arppu,
    payer_share
from {{ ref(mart) }}
where arppu is not null and abs(arpu - arppu * payer_share) > 1e-12 * abs(arpu)
{{ 'union all' if not loop.last }}
{% endfor %}
