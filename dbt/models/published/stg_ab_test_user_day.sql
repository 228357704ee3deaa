{{ published('staging_ab_test_user_day') }}
