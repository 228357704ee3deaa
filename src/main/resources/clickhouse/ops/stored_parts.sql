-- What this server's parts hold of each load, a row per part: the only place that reads the text of store's partitions.
CREATE OR REPLACE VIEW ops.stored_parts
AS SELECT
    replaceOne(table, '_', '.') AS table_name,
    toDateOrZero(extract(partition, '\\d{4}-\\d\\d-\\d\\d')) AS event_date,
    toUInt64OrZero(extract(partition, ',\\s*(\\d+)')) AS load_id,
    rows
FROM system.parts
WHERE database = 'store' AND active AND match(partition, '^\\(''\\d{4}-\\d\\d-\\d\\d'',\\s*\\d+\\)$');
