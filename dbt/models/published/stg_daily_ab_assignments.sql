{{ published('marts_daily_ab_assignments') }}
