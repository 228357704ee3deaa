-- Every figure of a day, counted over its users and over their tasks: a user or a task that is there twice shows.
with user_days as (
    select
        event_date,
        count() as dau,
        sum(event_count) as event_count,
        sum(revenue) as revenue,
        sum(purchase_count) as purchase_count,
        countIf(positive_purchase_count > 0) as payers,
        countIf(task_attempts > 0) as users_attempted,
        countIf(task_successes > 0) as users_succeeded
    from {{ ref('stg_user_day') }}
    group by event_date
),

user_task_days as (
    select
        event_date,
        sum(attempts) as task_attempts,
        sum(successes) as task_successes
    from {{ ref('stg_user_task_day') }}
    group by event_date
),

figures as (
    {% set figures = [
        ('dau', 'stg_daily_activity', 'user_days'),
        ('event_count', 'stg_daily_activity', 'user_days'),
        ('revenue', 'stg_daily_revenue', 'user_days'),
        ('purchase_count', 'stg_daily_revenue', 'user_days'),
        ('payers', 'stg_daily_revenue', 'user_days'),
        ('users_attempted', 'stg_daily_task_results', 'user_days'),
        ('users_succeeded', 'stg_daily_task_results', 'user_days'),
        ('task_attempts', 'stg_daily_task_results', 'user_task_days'),
        ('task_successes', 'stg_daily_task_results', 'user_task_days'),
    ] %}
    {% for figure, daily_mart, by_day in figures %}
    select
        '{{ figure }}' as figure,
        daily.event_date as event_date,
        toDecimal64(daily.{{ figure }}, 2) as of_day,
        toDecimal64(users.{{ figure }}, 2) as of_users
    from {{ ref(daily_mart) }} as daily
    left join {{ by_day }} as users on daily.event_date = users.event_date
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select *
from figures
where of_day != of_users
