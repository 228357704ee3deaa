-- Rejected lines, one row each.
CREATE TABLE IF NOT EXISTS store.raw_rejected_events
(
    event_date Date COMMENT 'the day loaded',
    source_file LowCardinality(String) COMMENT 'address of the object',
    reason LowCardinality(String),
    detail LowCardinality(String) COMMENT 'the first field at fault; \'\' = the line as a whole',
    line String COMMENT 'the line as received; cut when too long',
    line_encoding LowCardinality(String) COMMENT 'text, or base64 where the line is no valid text',
    load_id UInt64 COMMENT 'the load that wrote the row',
    _task UInt64 COMMENT 'the Spark task attempt that wrote the row'
)
ENGINE = MergeTree
PARTITION BY (event_date, load_id)
ORDER BY (reason, source_file, line)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 100000;
