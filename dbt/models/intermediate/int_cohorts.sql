{{ config(order_by='cohort_date') }}

{{ cohort_sizes(ref('int_users')) }}
