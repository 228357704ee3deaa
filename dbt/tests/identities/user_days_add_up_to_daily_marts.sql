-- Every figure of a day, counted over its users and over their tasks: a user or a task that is there twice shows.
-- The figures stand in arrays, so that each table is read once.
{% set figures = {
    'dau': ('activity', 'user_days', 'count()'),
    'event_count': ('activity', 'user_days', 'sum(event_count)'),
    'revenue': ('revenue', 'user_days', 'sum(revenue)'),
    'purchase_count': ('revenue', 'user_days', 'sum(purchase_count)'),
    'payers': ('revenue', 'user_days', 'countIf(positive_purchase_count > 0)'),
    'users_attempted': ('task_results', 'user_days', 'countIf(task_attempts > 0)'),
    'users_succeeded': ('task_results', 'user_days', 'countIf(task_successes > 0)'),
    'task_attempts': ('task_results', 'task_days', 'sum(attempts)'),
    'task_successes': ('task_results', 'task_days', 'sum(successes)'),
} %}

with
{% for by_day, table in [('user_days', 'stg_user_day'), ('task_days', 'stg_user_task_day')] %}
{{ by_day }} as (
    select
        {% for figure, of in figures.items() if of[1] == by_day %}
        {{ of[2] }} as {{ figure }},
        {% endfor %}
        event_date
    from {{ ref(table) }}
    group by event_date
),

{% endfor %}
days as (
    select
        loads.event_date as event_date,
        {% for column, place in [('daily', 0), ('counted', 1)] %}
        [
            {% for figure, of in figures.items() %}
            toDecimal64({{ of[place] }}.{{ figure }}, 2){{ ',' if not loop.last }}
            {% endfor %}
        ] as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('published_loads') }} as loads
    left join {{ ref('stg_daily_activity') }} as activity on loads.event_date = activity.event_date
    left join {{ ref('stg_daily_revenue') }} as revenue on loads.event_date = revenue.event_date
    left join {{ ref('stg_daily_task_results') }} as task_results on loads.event_date = task_results.event_date
    left join user_days on loads.event_date = user_days.event_date
    left join task_days on loads.event_date = task_days.event_date
)

select
    figure,
    event_date,
    of_day,
    of_users
from days
array join
    {{ figures.keys() | list }} as figure,
    daily as of_day,
    counted as of_users
where of_day != of_users
