-- The day's users by what they are like, one row per published day, dimension of the settings and value.
-- A user counts under the one value that staging.user_day has; the rows of a dimension add up to the day.
CREATE TABLE IF NOT EXISTS store.marts_daily_segments
(
    event_date Date COMMENT 'date of the events in the configured zone',
    dimension LowCardinality(String) COMMENT 'its name in the settings',
    value String COMMENT '\'\' = users without a value; (other) = all values, \'\' among them, but the 1,000 that most users of the day have, ties by value',
    dau UInt64 COMMENT 'distinct users with an accepted event',
    event_count UInt64 COMMENT 'accepted events of these users, of every type',
    session_count UInt64 COMMENT 'distinct sessions of these users, by user',
    task_attempts UInt64 COMMENT 'task results',
    task_successes UInt64 COMMENT 'task results with is_success',
    purchase_count UInt64 COMMENT 'purchases and refunds',
    payers UInt64 COMMENT 'distinct users with a purchase of more than 0, refunded or not',
    revenue Decimal(18, 2) COMMENT 'sum of amounts in the configured currency, refunds included',
    load_id UInt64 COMMENT 'the load that wrote the row',
    _task UInt64 COMMENT 'the Spark task attempt that wrote the row'
)
ENGINE = MergeTree
PARTITION BY (event_date, load_id)
ORDER BY (dimension, value)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 100000;
