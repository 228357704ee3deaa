-- Metrics of the settings, one row per published day and metric, a metric without events included.
CREATE TABLE IF NOT EXISTS store.marts_daily_metrics
(
    event_date Date COMMENT 'date of the events in the configured zone',
    metric LowCardinality(String) COMMENT 'its name in the settings',
    users UInt64 COMMENT 'distinct users with an event that counts',
    events UInt64 COMMENT 'events that count',
    total Decimal(38, 6) COMMENT 'sum of the metric\'s values; of a metric without sum, the number of events',
    not_numeric UInt64 COMMENT 'events that have no number to add, or one with more than 6 decimals or of 10^12 and more; they add 0',
    user_share Nullable(Float64) COMMENT 'users / dau of marts.daily_activity; NULL = nobody active',
    per_active_user Nullable(Float64) COMMENT 'total / dau of marts.daily_activity; NULL = nobody active',
    per_user Nullable(Float64) COMMENT 'total / users; NULL = no user',
    load_id UInt64 COMMENT 'the load that wrote the row',
    _task UInt64 COMMENT 'the Spark task attempt that wrote the row'
)
ENGINE = MergeTree
PARTITION BY (event_date, load_id)
ORDER BY metric
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 100000;
