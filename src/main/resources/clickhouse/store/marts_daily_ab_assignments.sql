-- Users assigned in A/B tests, one row per published day, test and group seen on it.
CREATE TABLE IF NOT EXISTS store.marts_daily_ab_assignments
(
    event_date Date COMMENT 'date of the events in the configured zone',
    ab_test_id LowCardinality(String),
    ab_group LowCardinality(String) COMMENT '\'\' = absent',
    assigned_users UInt64 COMMENT 'distinct users with an assignment to the group on the day',
    load_id UInt64 COMMENT 'the load that wrote the row',
    _task UInt64 COMMENT 'the Spark task attempt that wrote the row'
)
ENGINE = MergeTree
PARTITION BY (event_date, load_id)
ORDER BY (ab_test_id, ab_group)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 100000;
