-- Rows and bytes on disk by table, those of loads and runs that are kept and not in view included. A mart's
-- tables in runs are named by mart and form.
CREATE OR REPLACE VIEW ops.table_sizes
SQL SECURITY DEFINER
AS SELECT
    multiIf(
        database = 'store', replaceOne(table, '_', '.'),
        database = 'runs', concat('marts.', splitByString('__', table)[1]),
        concat(database, '.', table)) AS table_name,
    sum(rows) AS stored_rows,
    sum(bytes_on_disk) AS stored_bytes
FROM system.parts
WHERE active AND database IN ('store', 'marts', 'runs') AND table != 'load_log'
GROUP BY table_name;
