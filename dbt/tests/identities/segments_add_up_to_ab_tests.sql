-- A user has one value of a dimension on the day of exposure, so the users of all its values are those of the test.
select
    totals.*,
    segments.users as users_of_segments
from (
    select
        dimension,
        ab_test_id,
        metric,
        ab_group,
        users
    from {{ ref('ab_test_results') }}
    array join (select groupArray(dimension) from {{ ref('int_dimensions') }}) as dimension
) as totals
left join (
    select
        dimension,
        ab_test_id,
        metric,
        ab_group,
        sum(users) as users
    from {{ ref('ab_test_results_by_segment') }}
    group by dimension, ab_test_id, metric, ab_group
) as segments using (dimension, ab_test_id, metric, ab_group)
where totals.users != coalesce(segments.users, 0)
