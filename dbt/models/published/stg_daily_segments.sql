{{ published('marts_daily_segments') }}
