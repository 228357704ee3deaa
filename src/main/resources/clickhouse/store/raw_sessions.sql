-- Sessions seen on a day, one row per session and user.
CREATE TABLE IF NOT EXISTS store.raw_sessions
(
    event_date Date COMMENT 'date of the event in the configured zone',
    session_id String,
    user_id String,
    session_start DateTime64(6, 'UTC') COMMENT 'first event of the session on the day',
    session_end DateTime64(6, 'UTC') COMMENT 'last event of the session on the day',
    event_count UInt64 COMMENT 'accepted events of the session on the day',
    load_id UInt64 COMMENT 'the load that wrote the row',
    _task UInt64 COMMENT 'the Spark task attempt that wrote the row'
)
ENGINE = MergeTree
PARTITION BY (event_date, load_id)
ORDER BY (user_id, session_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 100000;
