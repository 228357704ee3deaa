-- Tests whose metrics are not those of the product and, of each metric of the settings, its total and its users.
select
    ab_test_id,
    ab_group,
    groupUniqArray(metric) as metrics
from {{ ref('ab_test_results') }}
group by ab_test_id, ab_group
having arraySort(metrics) != (
    select arraySort(arrayDistinct(arrayConcat(
        {{ ab_test_metric_names() }},
        groupArray(metric),
        groupArray(metric || '_users')
    )))
    from {{ ref('published_metrics') }}
)
