-- Users assigned to groups of tests, one row per test, group, user and day. A user seen in two groups
-- has two rows.
CREATE TABLE IF NOT EXISTS store.staging_ab_test_user_day
(
    event_date Date COMMENT 'date of the events in the configured zone',
    ab_test_id LowCardinality(String),
    ab_group LowCardinality(String) COMMENT '\'\' = absent',
    user_id String,
    first_assigned_at DateTime64(6, 'UTC') COMMENT 'the day\'s first assignment to the group',
    load_id UInt64 COMMENT 'the load that wrote the row',
    _task UInt64 COMMENT 'the Spark task attempt that wrote the row'
)
ENGINE = MergeTree
PARTITION BY (event_date, load_id)
ORDER BY (ab_test_id, ab_group, user_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 100000;
