-- What forget removed, for its receipt: one row per forgotten user and load that held rows of them,
-- written before they go. A run that goes on after a killed one may write a load again, of which a part
-- is gone already: its first rows count, and the highest replaced_by that was published.
CREATE TABLE IF NOT EXISTS ops.erasures
(
    user_hash String COMMENT 'as in ops.erased_users',
    event_date Date,
    load_id UInt64 COMMENT 'the load that held the user, dropped',
    replaced_by UInt64 COMMENT 'the load made of it without the user; 0 = it was not in view',
    rows Map(String, UInt64) COMMENT 'rows of the user by table',
    recorded_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
)
ENGINE = MergeTree
ORDER BY (user_hash, event_date, load_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
