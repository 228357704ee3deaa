-- What is visible: of each day, the load with the highest seq. One row inserted here publishes a
-- day in all tables at once. A row whose seq is not its load_id is a rollback: the day is held. One
-- whose load_id is 0 is a withdrawal: nothing of the day is visible.
CREATE TABLE IF NOT EXISTS ops.publications
(
    event_date Date,
    seq UInt64 COMMENT 'order of publications, from the server\'s clock',
    load_id UInt64 COMMENT 'the load that is visible from here on',
    fingerprint String COMMENT 'what the load was made from',
    rows Map(String, UInt64) COMMENT 'rows of the day by table',
    published_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
)
ENGINE = MergeTree
ORDER BY (event_date, seq)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
