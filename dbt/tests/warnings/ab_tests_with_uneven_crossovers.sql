-- A test that one group leaves more often than the others. It only warns: the figures are as they are defined.
{{ config(severity='warn') }}

select
    ab_test_id,
    crossover_users,
    crossover_p_value,
    'one group loses more users to the others than chance explains: find out why users are assigned again'
        as what_to_do
from {{ ref('int_ab_tests') }}
where crossovers_ok = false
