{{ config(order_by='(course_id, opportunity)') }}

-- Pairs of a user and a task with the same outcomes are alike: few enough to look at each of their attempts.
with pairs as (
    select
        course,
        pair_outcomes,
        count() as pairs
    from {{ ref('int_user_tasks') }}
    array join outcomes as pair_outcomes
    group by course, pair_outcomes
),

opportunities as (
    select
        course,
        toUInt8(opportunity) as opportunity,
        sum(pairs) as attempted_pairs,
        sumIf(pairs, bitTest(pair_outcomes, opportunity - 1)) as succeeded_pairs,
        sumIf(pairs, bitAnd(pair_outcomes, bitShiftLeft(1::UInt32, opportunity - 1) - 1) = 0) as unsolved_pairs,
        sumIf(
            pairs,
            bitAnd(pair_outcomes, bitShiftLeft(1::UInt32, opportunity) - 1) = bitShiftLeft(1::UInt32, opportunity - 1)
        ) as newly_solved_pairs
    from pairs
    array join range(1, {{ number_of('pair_outcomes') }} + 1) as opportunity
    group by course, opportunity
),

courses as (
    select
        course,
        any(course_id) as course_id,
        min(first_date) as first_date
    from {{ ref('int_tasks') }}
    group by course
)

select
    toLowCardinality(courses.course_id) as course_id,
    opportunities.opportunity as opportunity,
    opportunities.attempted_pairs as attempted_pairs,
    opportunities.succeeded_pairs as succeeded_pairs,
    {{ ratio('opportunities.succeeded_pairs', 'opportunities.attempted_pairs') }} as success_rate,
    opportunities.unsolved_pairs as unsolved_pairs,
    opportunities.newly_solved_pairs as newly_solved_pairs,
    {{ ratio('opportunities.newly_solved_pairs', 'opportunities.unsolved_pairs') }} as first_time_success_rate,
    {{ is_complete_to_the_end('courses.first_date') }} as is_complete
from opportunities
inner join courses on opportunities.course = courses.course
cross join ({{ history(ref('int_lesson_days')) }}) as history
