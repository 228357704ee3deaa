{{ published('staging_user_lesson_day') }}
