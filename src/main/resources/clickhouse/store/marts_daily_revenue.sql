-- Revenue, one row per published day, a day without purchases included.
CREATE TABLE IF NOT EXISTS store.marts_daily_revenue
(
    event_date Date COMMENT 'date of the events in the configured zone',
    revenue Decimal(18, 2) COMMENT 'sum of amounts in the configured currency, refunds included',
    purchase_count UInt64 COMMENT 'purchases and refunds',
    payers UInt64 COMMENT 'distinct users with a purchase of more than 0, refunded or not',
    dau UInt64 COMMENT 'distinct users with an accepted event',
    arpu Nullable(Float64) COMMENT 'revenue / dau; NULL = nobody active',
    arppu Nullable(Float64) COMMENT 'revenue / payers; NULL = no payer',
    payer_share Nullable(Float64) COMMENT 'payers / dau; NULL = nobody active',
    load_id UInt64 COMMENT 'the load that wrote the row',
    _task UInt64 COMMENT 'the Spark task attempt that wrote the row'
)
ENGINE = MergeTree
PARTITION BY (event_date, load_id)
ORDER BY event_date
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 100000;
