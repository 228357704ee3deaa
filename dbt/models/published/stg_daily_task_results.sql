{{ published('marts_daily_task_results') }}
