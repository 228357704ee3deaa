{{ config(materialized='in_buckets', order_by='tuple()') }}

{% set last = 'bitShiftLeft(toUInt128(toUnixTimestamp64Micro(last_at)), 64) + cityHash64(lesson_id)' %}

select
    toLowCardinality(lessons.course_id::String) as course_id,
    minIf(first_date, first_date > toDate(0)) as cohort_date,
    arraySort(arrayDistinct(groupArrayArray(lessons.active_dates))) as active_dates,
    arraySort(groupArrayIf(first_completed_date, first_completed_date > toDate(0))) as completed_dates,
    -- One number to compare by, part of which tells lessons of the same moment apart: a tuple takes twice as long.
    toLowCardinality(argMax(lesson_id, {{ last }})) as last_lesson_id,
    toBool(argMax(first_completed_date, {{ last }}) > toDate(0)) as is_last_completed
from {{ ref('int_user_lessons') }} as lessons
where {{ in_bucket() }}
group by user_id, lessons.course_id::String
having cohort_date > toDate(0)
