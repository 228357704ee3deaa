-- Users with an event that counts for a metric of the settings, one row per user, metric and day.
CREATE TABLE IF NOT EXISTS store.staging_user_metric_day
(
    event_date Date COMMENT 'date of the events in the configured zone',
    user_id String,
    metric LowCardinality(String) COMMENT 'its name in the settings',
    events UInt64 COMMENT 'events that count; at least 1',
    total Decimal(38, 6) COMMENT 'sum of the metric\'s values; of a metric without sum, the number of events',
    not_numeric UInt64 COMMENT 'events that have no number to add, or one with more than 6 decimals or of 10^12 and more; they add 0',
    load_id UInt64 COMMENT 'the load that wrote the row',
    _task UInt64 COMMENT 'the Spark task attempt that wrote the row'
)
ENGINE = MergeTree
PARTITION BY (event_date, load_id)
ORDER BY (user_id, metric)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 100000;
