{{ config(materialized='in_buckets', order_by='tuple()', query_settings=small_blocks()) }}

with
(select arraySort(groupUniqArray(metric::String)) from {{ ref('stg_daily_metrics') }}) as metrics,

exposed as (
    select
        isNotNull(tests.window_days) as has_window,
        {{ first_day_of_history('tests.judged_until') }} as history_from,
        users.*
    from {{ ref('int_ab_test_users') }} as users
    inner join {{ ref('int_ab_tests') }} as tests on users.ab_test_id = tests.ab_test_id
    where {{ in_bucket('users.user_id') }} and not users.is_waiting and (not users.is_crossover or users.is_first_group)
),

-- Arrays by user alone, without days before all tests, as in int_ab_test_users. Users in no test are left out before
-- their rows are grouped.
days_of_users as (
    select
        user_id as active_user_id,
        groupArray(toUInt32(indexOf(metrics, metric))) as numbers,
        groupArray(event_date) as dates,
        groupArray(total) as totals
    from {{ ref('stg_user_metric_day') }}
    where
        {{ in_bucket() }}
        and user_id in (select user_id from {{ ref('int_ab_test_users') }} where {{ in_bucket() }})
        and {{ may_count_in_tests('exposed_date', ref('int_ab_test_users')) }}
    group by user_id
),

activity as (
    select
        exposed.*,
        arraySort(
            d -> d.1 * 65536 + toUInt16(d.2),
            arrayFilter(
                d -> d.2 >= exposed.exposed_date - {{ days_before_exposure() }}
                    and d.2 <= exposed.last_date
                    and d.2 < exposed.crossed_date,
                arrayZip(numbers, dates, totals)
            )
        ) as all_days
    from days_of_users
    inner join exposed on days_of_users.active_user_id = exposed.user_id
),

-- The days of one metric after those of another.
days_of_metrics as (
    select
        *,
        arrayElement(metrics, tupleElement(days_of_metric[1], 1)) as metric,
        arrayMap(d -> (d.2, d.3), arrayFilter(d -> d.2 >= exposed_date, days_of_metric)) as since,
        arrayFilter(d -> d.2 < exposed_date, days_of_metric) as before
    from activity
    array join
        arraySplit((d, previous) -> d.1 != previous, all_days, arrayShiftRight(all_days.1, 1)) as days_of_metric
)

select
    ab_test_id,
    ab_group,
    user_id,
    is_crossover,
    crossed_date,
    toLowCardinality(metric) as metric,
    length(since) as days_with_event,
    arraySum(d -> d.2, since) as total,
    length(before) as days_with_event_before,
    arraySum(d -> d.3, before) as total_before,
    if(has_window, 0, {{ days_up_to('history_from', 'since') }}) as early_days,
    if(
        has_window,
        [],
        {{ days_told_apart('since', 'early_days', 'history_from', ['arraySum(d -> d.2, early)']) }}
    ) as days_since
from days_of_metrics
