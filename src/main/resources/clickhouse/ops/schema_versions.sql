-- Which versions of these tables were applied, and when.
CREATE TABLE IF NOT EXISTS ops.schema_versions
(
    version UInt32,
    job_version String,
    applied_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
)
ENGINE = MergeTree
ORDER BY version;
