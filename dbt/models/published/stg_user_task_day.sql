{{ published('staging_user_task_day') }}
