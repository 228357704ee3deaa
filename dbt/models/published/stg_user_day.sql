{{ published('staging_user_day') }}
