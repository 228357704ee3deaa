-- Which versions of these tables were applied, and when.
CREATE TABLE IF NOT EXISTS ops.schema_versions
(
    version UInt32 COMMENT 'number of DDL statements; higher = newer',
    job_version String,
    applied_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
)
ENGINE = MergeTree
ORDER BY version;

ALTER TABLE ops.schema_versions
    ADD COLUMN IF NOT EXISTS form String COMMENT 'hash of the DDL statements' AFTER version;
