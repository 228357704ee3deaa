-- What each `dbt build` of the whole project came to, one row a run; written by dbt at its end.
CREATE TABLE IF NOT EXISTS ops.dbt_runs
(
    run_id String COMMENT 'dbt\'s invocation id',
    started_at DateTime64(6, 'UTC'),
    finished_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC'),
    is_published Bool COMMENT 'whether marts are of this run',
    models UInt32 COMMENT 'models and seeds built',
    tests_passed UInt32 COMMENT 'data and unit tests',
    tests_failed UInt32 COMMENT 'those that failed or could not run',
    nodes_skipped UInt32 COMMENT 'models and tests not run, as what they need failed',
    failed Array(String) COMMENT 'names of what failed'
)
ENGINE = MergeTree
ORDER BY started_at;
