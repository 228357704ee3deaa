-- The ledger by source object: one row per load and object it read.
CREATE TABLE IF NOT EXISTS ops.load_objects
(
    load_id UInt64,
    event_date Date COMMENT 'the day loaded',
    source_file String COMMENT 'address of the object',
    source_bytes UInt64 COMMENT 'size as stored',
    source_version String COMMENT 'ETag',
    lines_read UInt64,
    blank_lines UInt64,
    accepted UInt64,
    duplicates UInt64,
    rejected UInt64,
    other_day UInt64,
    late UInt64,
    rejected_by_reason Map(String, UInt64)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(event_date)
ORDER BY (event_date, load_id, source_file)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000;

ALTER TABLE ops.load_objects
    ADD COLUMN IF NOT EXISTS ignored UInt64 COMMENT 'lines that are no event by a rule of the source' AFTER blank_lines;
