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

-- Of the publications that are newer than what is shown of their day, those whose rows by table are the
-- rows in this replica's parts. A withdrawal has none, and nothing to wait for. Where nothing waits, the
-- list of parts is not read.
CREATE MATERIALIZED VIEW IF NOT EXISTS ops.shown_feed
REFRESH EVERY 1 SECOND SETTINGS all_replicas = 1
APPEND TO ops.shown
AS WITH waiting AS
(
    SELECT published.event_date AS event_date, published.seq AS seq, load_id, rows
    FROM ops.publications AS published
    LEFT JOIN (SELECT event_date, max(seq) AS seq FROM ops.shown GROUP BY event_date) AS shown
        ON published.event_date = shown.event_date
    WHERE published.seq > ifNull(shown.seq, 0)
)
SELECT
    waiting.event_date AS event_date,
    waiting.seq AS seq,
    waiting.load_id AS load_id
FROM waiting
LEFT JOIN
(
    SELECT
        event_date,
        load_id,
        mapFromArrays(groupArray(table_name), groupArray(held)) AS rows
    FROM
    (
        SELECT event_date, load_id, table_name, sum(rows) AS held
        FROM ops.stored_parts
        WHERE (SELECT count() FROM waiting) > 0
        GROUP BY event_date, load_id, table_name
    )
    GROUP BY event_date, load_id
) AS held ON waiting.event_date = held.event_date AND waiting.load_id = held.load_id
WHERE arrayAll((name, n) -> held.rows[name] = n, mapKeys(waiting.rows), mapValues(waiting.rows));
