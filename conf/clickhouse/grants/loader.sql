-- What the load (spark-submit) may do. It stages, moves whole partitions into store and writes the
-- ledger; it cannot create or drop anything outside stage, and cannot touch users.

-- Stage tables are its own: one per table and load, dropped when the load is over.
-- ALTER DELETE covers both the mutation that removes rows of losing attempts and DROP PARTITION;
-- MOVE PARTITION ... TO TABLE needs SELECT and ALTER DELETE on the source (26.9 also takes ALTER MOVE
-- PARTITION instead of both), and INSERT on the target. ALTER SETTINGS: merges there wait.
GRANT SELECT, INSERT, CREATE TABLE, DROP TABLE, TRUNCATE, ALTER DELETE, ALTER SETTINGS ON stage.* TO loader;
-- Asked for by servers that have table_engines_require_grant, the default of new ones.
GRANT TABLE ENGINE ON MergeTree TO loader;

-- ALTER DELETE: the sweep drops the partitions of loads that nobody reads any more.
GRANT SELECT, INSERT, ALTER DELETE ON store.* TO loader;

GRANT SELECT, INSERT ON ops.* TO loader;
-- Which history marts are shown is up to dbt.
REVOKE INSERT ON ops.mart_runs FROM loader;

GRANT SELECT ON raw.* TO loader;
GRANT SELECT ON staging.* TO loader;
GRANT SELECT ON marts.* TO loader;

-- Checks before a load (settings, columns) and the sweep (tables, parts).
GRANT SELECT ON system.parts TO loader;
GRANT SELECT ON system.tables TO loader;
GRANT SELECT ON system.columns TO loader;
GRANT SELECT ON system.databases TO loader;
GRANT SELECT ON system.settings TO loader;
GRANT SELECT ON system.mutations TO loader;

-- The official Spark connector looks these up whenever it opens a table; the built-in sink does not.
GRANT SELECT ON system.clusters TO loader;
GRANT SELECT ON system.macros TO loader;
