{{ published('staging_user_metric_day') }}
