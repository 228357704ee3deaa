-- Runs of dbt whose marts this replica shows to readers: those whose rows it holds itself, all of them. Each
-- replica fills its own, every second; it is made on replicated servers only.
CREATE TABLE IF NOT EXISTS ops.shown_runs
(
    seq UInt64 COMMENT 'of the run; the highest is visible',
    shown_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
)
ENGINE = MergeTree
ORDER BY seq;

-- A run's rows by mart, as its publication has them, against those in this replica's parts.
CREATE MATERIALIZED VIEW IF NOT EXISTS ops.shown_runs_feed
REFRESH EVERY 1 SECOND SETTINGS all_replicas = 1
APPEND TO ops.shown_runs
AS SELECT published.seq AS seq
FROM
(
    SELECT seq, rows
    FROM ops.mart_runs
    WHERE seq > (SELECT max(seq) FROM ops.shown_runs)
    LIMIT 1 BY seq
) AS published
LEFT JOIN
(
    SELECT seq, mapFromArrays(groupArray(mart), groupArray(held)) AS rows
    FROM
    (
        SELECT toUInt64(partition) AS seq, splitByString('__', table)[1] AS mart, sum(rows) AS held
        FROM system.parts
        WHERE database = 'runs' AND active
        GROUP BY seq, mart
    )
    GROUP BY seq
) AS held ON published.seq = held.seq
WHERE arrayAll((mart, n) -> held.rows[mart] = n, mapKeys(published.rows), mapValues(published.rows));

-- The same for all replicas to read: nothing is dropped that one of them may still show.
CREATE TABLE IF NOT EXISTS ops.replica_runs
(
    replica String COMMENT 'as in system.replicas',
    seq UInt64 COMMENT 'the run that it shows',
    shown_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
)
ENGINE = ReplicatedMergeTree
ORDER BY (replica, seq);

CREATE MATERIALIZED VIEW IF NOT EXISTS ops.replica_runs_feed
REFRESH EVERY 1 SECOND SETTINGS all_replicas = 1
APPEND TO ops.replica_runs
AS SELECT replica, seq
FROM
(
    SELECT
        (SELECT any(replica_name) FROM system.replicas WHERE database = 'ops' AND table = 'mart_runs') AS replica,
        max(seq) AS seq
    FROM ops.shown_runs
)
WHERE seq > 0 AND (replica, seq) NOT IN (SELECT replica, seq FROM ops.replica_runs);
