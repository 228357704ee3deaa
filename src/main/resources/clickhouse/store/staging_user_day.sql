-- Active users, one row per user and day. Active = with at least one accepted event on the day.
CREATE TABLE IF NOT EXISTS store.staging_user_day
(
    event_date Date COMMENT 'date of the events in the configured zone',
    user_id String,
    first_event_at DateTime64(6, 'UTC'),
    last_event_at DateTime64(6, 'UTC'),
    event_count UInt64 COMMENT 'accepted events, of every type',
    session_count UInt64 COMMENT 'distinct session ids, \'\' aside',
    session_seconds Decimal(18, 6) COMMENT 'seconds from the first to the last event, summed over those sessions; a sum of whole microseconds',
    task_attempts UInt64 COMMENT 'task results',
    task_successes UInt64 COMMENT 'task results with is_success',
    purchase_count UInt64 COMMENT 'purchases and refunds',
    positive_purchase_count UInt64 COMMENT 'purchases of more than 0; a payer has at least one',
    revenue Decimal(18, 2) COMMENT 'sum of amounts in the configured currency, refunds included',
    load_id UInt64 COMMENT 'the load that wrote the row',
    _task UInt64 COMMENT 'the Spark task attempt that wrote the row'
)
ENGINE = MergeTree
PARTITION BY (event_date, load_id)
ORDER BY user_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 100000;

ALTER TABLE store.staging_user_day ADD COLUMN IF NOT EXISTS
    dimensions Map(LowCardinality(String), String)
    COMMENT 'dimension to the value that most of the user\'s events of the day have, ties to the smallest by code point; a dimension that none of them has a value of is not in it; {} in loads of before there were dimensions'
    AFTER revenue;
