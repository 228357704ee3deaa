-- What dashboards and analysts may read. Not raw.rejected_events and ops.rejected_events, which hold
-- original lines; nothing of stage.

-- The views read store with the rights of who asks, so that one query over several of them sees one
-- snapshot. Rows of loads that are not published are in there, too: ../row_policies.sql hides them.
GRANT SELECT ON store.* TO reader;
REVOKE SELECT ON store.raw_rejected_events FROM reader;
REVOKE SELECT ON store.load_log FROM reader;

GRANT SELECT ON raw.* TO reader;
REVOKE SELECT ON raw.rejected_events FROM reader;
GRANT SELECT ON staging.* TO reader;
GRANT SELECT ON marts.* TO reader;
-- As with store: the history marts are views over the rows of every run that is kept.
GRANT SELECT ON runs.* TO reader;
GRANT SELECT ON ops.mart_runs TO reader;
GRANT SELECT ON ops.publications TO reader;
GRANT SELECT ON ops.loads TO reader;
GRANT SELECT ON ops.load_objects TO reader;
GRANT SELECT ON ops.table_sizes TO reader;
GRANT SELECT ON ops.dbt_runs TO reader;

-- What clients ask when they connect and list tables; ClickHouse shows only what the user may see.
GRANT SELECT ON system.databases TO reader;
GRANT SELECT ON system.tables TO reader;
GRANT SELECT ON system.columns TO reader;
GRANT SELECT ON system.settings TO reader;
GRANT SELECT ON system.functions TO reader;
