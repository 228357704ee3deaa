-- The ledger as it is written: several rows a load, of which the one with the highest revision
-- counts. Read it through ops.loads.
CREATE TABLE IF NOT EXISTS store.load_log
(
    load_id UInt64,
    revision UInt64,
    event_date Date,
    status LowCardinality(String),
    source_uri String,
    source_objects UInt64,
    source_bytes UInt64,
    source_fingerprint String,
    lines_read UInt64,
    blank_lines UInt64,
    accepted UInt64,
    duplicates UInt64,
    rejected UInt64,
    other_day UInt64,
    late UInt64,
    rejected_by_reason Map(String, UInt64),
    rows_by_table Map(String, UInt64),
    started_at DateTime64(6, 'UTC'),
    heartbeat_at DateTime64(6, 'UTC'),
    error String,
    job_version String
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY load_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

ALTER TABLE store.load_log
    ADD COLUMN IF NOT EXISTS step_seconds Map(String, Float64) COMMENT 'empty until the load is over' AFTER error;

ALTER TABLE store.load_log
    ADD COLUMN IF NOT EXISTS ignored UInt64 COMMENT 'lines that are no event by a rule of the source' AFTER blank_lines;
