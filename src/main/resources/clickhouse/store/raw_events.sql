-- Every accepted event, one row each.
CREATE TABLE IF NOT EXISTS store.raw_events
(
    event_date Date COMMENT 'date of the event in the configured zone',
    event_timestamp DateTime64(6, 'UTC'),
    event_id String COMMENT 'unique within a day',
    user_id String,
    session_id String COMMENT '\'\' = none',
    event_type LowCardinality(String),
    platform LowCardinality(String) COMMENT '\'\' = absent',
    screen_name LowCardinality(String) COMMENT '\'\' = absent',
    properties String COMMENT 'all other fields as canonical JSON; \'\' = none',
    load_id UInt64 COMMENT 'the load that wrote the row',
    _task UInt64 COMMENT 'the Spark task attempt that wrote the row'
)
ENGINE = MergeTree
PARTITION BY (event_date, load_id)
ORDER BY (user_id, event_timestamp, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 100000;

ALTER TABLE store.raw_events
    ADD COLUMN IF NOT EXISTS course_id LowCardinality(String)
    COMMENT '\'\' = absent, and in loads of before there were courses; those have it in properties' AFTER screen_name,
    ADD COLUMN IF NOT EXISTS lesson_id LowCardinality(String)
    COMMENT '\'\' = absent, and in loads of before there were lessons; those have it in properties' AFTER course_id;
