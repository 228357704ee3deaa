-- DAU <= WAU <= MAU, of all users and of each segment.
{% for mart in ['active_users', 'active_users_by_segment'] %}
select
    '{{ mart }}' as mart,
    event_date,
    dau,
    wau,
    mau
from {{ ref(mart) }}
where dau > wau or wau > mau
{{ 'union all' if not loop.last }}
{% endfor %}
