-- Assignments of users to groups of tests, one row an event.
CREATE TABLE IF NOT EXISTS store.raw_ab_test_assignments
(
    event_date Date COMMENT 'date of the event in the configured zone',
    assignment_timestamp DateTime64(6, 'UTC'),
    event_id String COMMENT 'unique within a day',
    user_id String,
    ab_test_id LowCardinality(String),
    ab_group LowCardinality(String) COMMENT '\'\' = absent',
    load_id UInt64 COMMENT 'the load that wrote the row',
    _task UInt64 COMMENT 'the Spark task attempt that wrote the row'
)
ENGINE = MergeTree
PARTITION BY (event_date, load_id)
ORDER BY (ab_test_id, user_id, assignment_timestamp, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 100000;
