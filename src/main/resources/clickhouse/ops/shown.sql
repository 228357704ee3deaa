-- Publications that this replica shows to readers: those whose rows it holds itself, all of them. Each
-- replica fills its own, every second; it is made on replicated servers only.
CREATE TABLE IF NOT EXISTS ops.shown
(
    event_date Date,
    seq UInt64 COMMENT 'of the publication; the highest of a day is visible',
    load_id UInt64 COMMENT '0 = withdrawn',
    shown_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
)
ENGINE = MergeTree
ORDER BY (event_date, seq);

-- A load's rows by table, as the publication has them, against those in this replica's parts. The day of
-- a publication without rows, as a withdrawal is, has nothing to wait for.
CREATE MATERIALIZED VIEW IF NOT EXISTS ops.shown_feed
REFRESH EVERY 1 SECOND SETTINGS all_replicas = 1
APPEND TO ops.shown
AS SELECT
    published.event_date AS event_date,
    published.seq AS seq,
    published.load_id AS load_id
FROM
(
    SELECT event_date, seq, load_id, rows
    FROM ops.publications
    WHERE (event_date, seq) NOT IN (SELECT event_date, seq FROM ops.shown)
) AS published
LEFT JOIN
(
    SELECT
        event_date,
        load_id,
        mapFromArrays(groupArray(name), groupArray(held)) AS rows
    FROM
    (
        SELECT
            replaceOne(table, '_', '.') AS name,
            toDate(extract(partition, '(\\d{4}-\\d\\d-\\d\\d)')) AS event_date,
            toUInt64(extract(partition, ',\\s*(\\d+)')) AS load_id,
            sum(rows) AS held
        FROM system.parts
        WHERE database = 'store' AND active AND match(partition, '^\\(''\\d{4}-\\d\\d-\\d\\d'',\\s*\\d+\\)$')
        GROUP BY name, event_date, load_id
    )
    GROUP BY event_date, load_id
) AS held ON published.event_date = held.event_date AND published.load_id = held.load_id
WHERE arrayAll((name, n) -> held.rows[name] = n, mapKeys(published.rows), mapValues(published.rows));
