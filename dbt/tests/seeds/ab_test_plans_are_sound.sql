-- Plans that cannot be met, each with what is wrong with it: a misspelt metric would be no one's, without a word.
with plans as (
    select
        *,
        splitByChar('|', coalesce(guardrail_metrics, '')) as guardrails
    from {{ ref('ab_test_plans') }}
),

metrics as (
    select arrayJoin({{ ab_test_metric_names() }}) as metric
    union distinct
    select arrayJoin([metric, metric || '_users']) as metric from {{ ref('stg_daily_metrics') }}
)

select
    ab_test_id,
    'end_date ' || toString(end_date) || ' is before start_date ' || toString(start_date) as problem
from plans
where end_date < start_date
union all
select
    ab_test_id,
    'window_days is ' || toString(window_days) || '; it must be 1 or more'
from plans
where window_days < 1
union all
select
    ab_test_id,
    'there are ' || toString(count()) || ' plans of this test; keep one'
from plans
group by ab_test_id
having count() > 1
union all
select
    ab_test_id,
    'primary_metric ' || primary_metric || ' does not exist; the metrics are those of ab_test_results'
from plans
where primary_metric != '' and primary_metric not in (select metric from metrics)
union all
select
    ab_test_id,
    'guardrail metric ' || guardrail || ' does not exist; the metrics are those of ab_test_results'
from plans
array join guardrails as guardrail
where guardrail != '' and guardrail not in (select metric from metrics)
union all
select
    ab_test_id,
    'metric ' || primary_metric || ' is both primary and guardrail'
from plans
where primary_metric != '' and has(guardrails, primary_metric)
