{{ config(order_by='(segment, event_date, days_since_active)') }}

{{ recency(ref('int_segment_users'), ['segment']) }}
