-- Activity, one row per published day, a day without events included.
CREATE TABLE IF NOT EXISTS store.marts_daily_activity
(
    event_date Date COMMENT 'date of the events in the configured zone',
    dau UInt64 COMMENT 'distinct users with an accepted event',
    event_count UInt64 COMMENT 'accepted events',
    session_count UInt64 COMMENT 'rows of raw.sessions',
    avg_session_seconds Nullable(Float64) COMMENT 'mean of session_end - session_start over those rows; NULL = no session',
    load_id UInt64 COMMENT 'the load that wrote the row',
    _task UInt64 COMMENT 'the Spark task attempt that wrote the row'
)
ENGINE = MergeTree
PARTITION BY (event_date, load_id)
ORDER BY event_date
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 100000;
