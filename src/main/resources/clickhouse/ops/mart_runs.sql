-- Which run of dbt the history marts show: the one with the highest seq. One row inserted here changes all
-- of them at once.
CREATE TABLE IF NOT EXISTS ops.mart_runs
(
    seq UInt64 COMMENT 'order of publications, from the server\'s clock',
    run_id String COMMENT 'as in ops.dbt_runs; \'before\' = what the marts were before there was this table',
    rows Map(String, UInt64) COMMENT 'rows of the run by mart',
    published_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
)
ENGINE = MergeTree
ORDER BY seq
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
