{{ published('marts_daily_activity') }}
