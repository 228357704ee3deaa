{{ published('marts_daily_metrics') }}
