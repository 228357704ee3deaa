-- Tests in the seed with two controls, or with one that is none of their groups, such as a misspelt one: without this
-- every comparison with it would be NULL, and nobody would know why.
select
    ab_test_id,
    groupUniqArray(control_group) as control_groups,
    groupArray(ab_group) as ab_groups
from {{ ref('ab_tests') }}
group by ab_test_id
having length(control_groups) > 1 or not has(ab_groups, control_groups[1])
