-- Users who tried a task, one row per user, task and day. Attempts at the same time are in the order
-- of their event_id.
CREATE TABLE IF NOT EXISTS store.staging_user_task_day
(
    event_date Date COMMENT 'date of the events in the configured zone',
    user_id String,
    task_id LowCardinality(String),
    attempts UInt64 COMMENT 'at least 1',
    successes UInt64 COMMENT 'attempts with is_success',
    first_attempt_at DateTime64(6, 'UTC'),
    last_attempt_at DateTime64(6, 'UTC'),
    first_is_success Bool COMMENT 'of the day\'s first attempt',
    last_is_success Bool COMMENT 'of the day\'s last attempt',
    load_id UInt64 COMMENT 'the load that wrote the row',
    _task UInt64 COMMENT 'the Spark task attempt that wrote the row'
)
ENGINE = MergeTree
PARTITION BY (event_date, load_id)
ORDER BY (user_id, task_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 100000;

ALTER TABLE store.staging_user_task_day
    ADD COLUMN IF NOT EXISTS course_id LowCardinality(String)
    COMMENT 'of the day\'s last attempt; \'\' = absent, and in loads of before there were courses' AFTER last_is_success,
    ADD COLUMN IF NOT EXISTS lesson_id LowCardinality(String)
    COMMENT 'of the day\'s last attempt; \'\' = absent, and in loads of before there were lessons' AFTER course_id,
    ADD COLUMN IF NOT EXISTS outcomes Array(Bool)
    COMMENT 'is_success of the day\'s attempts in their order, of the first 100 at most; [] = not known, in loads of before there were lessons' AFTER lesson_id;
