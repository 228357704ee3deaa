{{ config(materialized='in_buckets', order_by='(ab_test_id, ab_group, metric, user_id)') }}

with exposed as (
    select
        isNotNull(tests.window_days) as has_window,
        {{ first_day_of_history('tests.judged_until') }} as history_from,
        users.*
    from {{ ref('int_ab_test_users') }} as users
    inner join {{ ref('int_ab_tests') }} as tests on users.ab_test_id = tests.ab_test_id
    where {{ in_bucket('users.user_id') }} and not users.is_waiting and (not users.is_crossover or users.is_first_group)
)

-- The days are the streamed side of the join, as in int_ab_test_users.
select
    ab_test_id,
    ab_group,
    user_id,
    is_crossover,
    crossed_date,
    metric,
    length(since) as days_with_event,
    arraySum(d -> d.2, since) as total,
    length(before) as days_with_event_before,
    arraySum(d -> d.2, before) as total_before,
    if(has_window, 0, {{ days_up_to('history_start', 'since') }}) as early_days,
    if(
        has_window,
        [],
        {{ days_told_apart('since', 'early_days', 'history_start', ['arraySum(d -> d.2, early)']) }}
    ) as days_since
from (
    select
        exposed.ab_test_id as ab_test_id,
        exposed.ab_group as ab_group,
        exposed.user_id as user_id,
        exposed.is_crossover as is_crossover,
        any(exposed.crossed_date) as crossed_date,
        any(exposed.has_window) as has_window,
        any(exposed.history_from) as history_start,
        days.metric as metric,
        any(exposed.exposed_date) as exposed_from,
        groupArray((days.event_date, days.total)) as all_days,
        arraySort(arrayFilter(d -> d.1 >= exposed_from, all_days)) as since,
        arrayFilter(d -> d.1 < exposed_from, all_days) as before
    from {{ ref('stg_user_metric_day') }} as days
    inner join exposed on exposed.user_id = days.user_id
    where
        {{ in_bucket('days.user_id') }}
        and days.event_date >= exposed.exposed_date - {{ days_before_exposure() }}
        and days.event_date <= exposed.last_date
        and days.event_date < exposed.crossed_date
    group by ab_test_id, ab_group, user_id, is_crossover, metric
)
