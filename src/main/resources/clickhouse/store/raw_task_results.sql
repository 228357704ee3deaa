-- Attempts at tasks, one row an event.
CREATE TABLE IF NOT EXISTS store.raw_task_results
(
    event_date Date COMMENT 'date of the event in the configured zone',
    event_timestamp DateTime64(6, 'UTC'),
    event_id String COMMENT 'unique within a day',
    user_id String,
    session_id String COMMENT '\'\' = none',
    task_id LowCardinality(String),
    task_result LowCardinality(String) COMMENT 'as sent',
    is_success Bool COMMENT 'task_result is one of the configured success values',
    load_id UInt64 COMMENT 'the load that wrote the row',
    _task UInt64 COMMENT 'the Spark task attempt that wrote the row'
)
ENGINE = MergeTree
PARTITION BY (event_date, load_id)
ORDER BY (user_id, event_timestamp, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 100000;

ALTER TABLE store.raw_task_results
    ADD COLUMN IF NOT EXISTS course_id LowCardinality(String)
    COMMENT '\'\' = absent, and in loads of before there were courses' AFTER is_success,
    ADD COLUMN IF NOT EXISTS lesson_id LowCardinality(String)
    COMMENT '\'\' = absent, and in loads of before there were lessons' AFTER course_id;
