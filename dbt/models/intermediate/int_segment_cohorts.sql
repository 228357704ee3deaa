{{ config(order_by='(segment, cohort_date)') }}

{{ cohort_sizes(ref('int_segment_cohort_users'), ['segment']) }}
