{{ config(order_by='(course_id, cohort_date)') }}

{{ cohort_sizes(ref('int_user_courses'), ['course_id']) }}
