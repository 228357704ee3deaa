{{ config(order_by='(event_date, days_since_active)') }}

{{ recency(ref('int_users')) }}
