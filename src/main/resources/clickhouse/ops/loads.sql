-- The ledger: one row per load attempt. A load without a heartbeat for an hour is
-- abandoned: its driver died.
CREATE OR REPLACE VIEW ops.loads
SQL SECURITY DEFINER
AS SELECT
    load_id,
    event_date,
    if(status = 'running' AND heartbeat_at < now64(6, 'UTC') - INTERVAL 1 HOUR, 'abandoned', status)
        AS status,
    source_uri,
    source_objects,
    source_bytes,
    source_fingerprint,
    lines_read,
    blank_lines,
    ignored,
    accepted,
    duplicates,
    rejected,
    other_day,
    late,
    rejected_by_reason,
    rows_by_table,
    started_at,
    if(status = 'running', NULL, heartbeat_at) AS finished_at,
    error,
    step_seconds,
    job_version
FROM store.load_log FINAL;
