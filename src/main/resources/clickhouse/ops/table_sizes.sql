-- Rows and bytes on disk by table, those of loads that are kept and not in view included.
CREATE OR REPLACE VIEW ops.table_sizes
SQL SECURITY DEFINER
AS SELECT
    if(database = 'store', replaceOne(table, '_', '.'), concat(database, '.', table)) AS table_name,
    sum(rows) AS stored_rows,
    sum(bytes_on_disk) AS stored_bytes
FROM system.parts
WHERE active AND database IN ('store', 'marts') AND table != 'load_log'
GROUP BY table_name;
