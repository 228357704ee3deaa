{{ published('marts_daily_revenue') }}
