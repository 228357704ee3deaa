-- A test whose groups are compared with none. It only warns: the groups' own figures are right.
{{ config(severity='warn') }}

select
    ab_test_id,
    ab_groups,
    'no verdict: name its control in dbt/seeds/ab_tests.csv, one line per group: ab_test_id,control_group,ab_group,'
        as what_to_do
from {{ ref('int_ab_tests') }}
where isNull(control_group) and length(ab_groups) > 1
