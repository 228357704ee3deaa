-- Attempts at tasks, one row per published day, a day without attempts included.
CREATE TABLE IF NOT EXISTS store.marts_daily_task_results
(
    event_date Date COMMENT 'date of the events in the configured zone',
    task_attempts UInt64 COMMENT 'task results',
    task_successes UInt64 COMMENT 'task results with is_success',
    success_rate Nullable(Float64) COMMENT 'task_successes / task_attempts; NULL = no attempt',
    users_attempted UInt64 COMMENT 'distinct users with an attempt',
    users_succeeded UInt64 COMMENT 'distinct users with a success',
    load_id UInt64 COMMENT 'the load that wrote the row',
    _task UInt64 COMMENT 'the Spark task attempt that wrote the row'
)
ENGINE = MergeTree
PARTITION BY (event_date, load_id)
ORDER BY event_date
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 100000;
