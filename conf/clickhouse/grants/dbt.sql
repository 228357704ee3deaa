-- What dbt may do: read what Spark wrote, build in dbt_work, publish in runs and marts.

GRANT SELECT ON store.* TO dbt;
-- Rejected lines are original text.
REVOKE SELECT ON store.raw_rejected_events FROM dbt;
GRANT SELECT ON raw.* TO dbt;
REVOKE SELECT ON raw.rejected_events FROM dbt;
GRANT SELECT ON staging.* TO dbt;
GRANT SELECT ON ops.publications TO dbt;
GRANT SELECT ON ops.loads TO dbt;
-- The outcome of a run.
GRANT INSERT ON ops.dbt_runs TO dbt;

-- Its working schema.
GRANT SHOW, SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP TABLE, DROP VIEW, TRUNCATE, OPTIMIZE ON dbt_work.* TO dbt;
-- Asked for by servers that have table_engines_require_grant, the default of new ones.
GRANT TABLE ENGINE ON MergeTree TO dbt;
-- dbt's unit tests ask for the types of a model's columns with an empty table of this engine.
GRANT TABLE ENGINE ON Memory TO dbt;

-- The rows of each run, and the row that shows one. ALTER DELETE: partitions of runs that nobody reads any more.
GRANT SELECT, INSERT, CREATE TABLE, DROP TABLE, ALTER DELETE ON runs.* TO dbt;
GRANT SELECT, INSERT ON ops.mart_runs TO dbt;
-- The views that show it. DROP TABLE: what was published before there were views is replaced by one.
GRANT SELECT, CREATE VIEW, DROP VIEW, DROP TABLE ON marts.* TO dbt;
-- marts.daily_* are Spark's: dbt reads them only.
REVOKE CREATE VIEW, DROP VIEW, DROP TABLE ON marts.daily_* FROM dbt;

-- dbt-clickhouse looks these up at start and before it builds.
GRANT SELECT ON system.databases TO dbt;
GRANT SELECT ON system.tables TO dbt;
GRANT SELECT ON system.columns TO dbt;
GRANT SELECT ON system.settings TO dbt;
GRANT SELECT ON system.functions TO dbt;
GRANT SELECT ON system.parts TO dbt;
GRANT SELECT ON system.mutations TO dbt;
