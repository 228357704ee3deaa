-- The last day of the history is what ab_test_results says, to the last digit.
{% set figures = [
    'users', 'mean', 'absolute_difference', 'ci_low', 'ci_high', 'sequential_ci_low', 'sequential_ci_high',
] %}
select
    results.ab_test_id as ab_test_id,
    results.metric as metric,
    results.ab_group as ab_group,
    results.figures as of_results,
    history.figures as of_history
from (
    select
        ab_test_id,
        metric,
        ab_group,
        toString(({{ figures | join(', ') }})) as figures
    from {{ ref('ab_test_results') }}
    where ab_test_id in (select ab_test_id from {{ ref('int_ab_tests') }} where window_days is null)
) as results
left join (
    select
        ab_test_id,
        metric,
        ab_group,
        toString(({{ figures | join(', ') }})) as figures
    from {{ ref('ab_test_history') }}
    order by as_of desc
    limit 1 by ab_test_id, metric, ab_group
) as history using (ab_test_id, metric, ab_group)
where results.figures != history.figures
