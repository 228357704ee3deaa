-- What the users of users.sql may do beside grants/*.sql where the store is on several replicas
-- (docs/cluster.md). Run it on each of them, unless users are replicated, too.

-- The tables that a load makes are replicated.
GRANT TABLE ENGINE ON ReplicatedMergeTree TO loader;
-- Decisions are made of what every replica was told: SYSTEM SYNC REPLICA comes before them.
GRANT SYSTEM SYNC REPLICA ON ops.* TO loader;
GRANT SYSTEM SYNC REPLICA ON store.* TO loader;
GRANT SYSTEM SYNC REPLICA ON stage.* TO loader;
-- What each replica holds and shows is asked of all of them. They answer as the user by whom servers
-- of the cluster reach each other: loader itself where the cluster has a secret, else its user.
GRANT REMOTE, CREATE TEMPORARY TABLE ON *.* TO loader;
GRANT SELECT ON system.replicas TO loader;
-- Which replica has rows that this one waits for.
GRANT SELECT ON system.replication_queue TO loader;

-- Readers and dbt see what the replica that they ask shows.
GRANT SELECT ON ops.shown TO reader;
GRANT SELECT ON ops.shown TO dbt;
GRANT SELECT ON ops.shown_runs TO reader;
GRANT SELECT ON ops.shown_runs TO dbt;
-- dbt makes the tables of the history marts, and drops only what no replica still shows.
GRANT TABLE ENGINE ON ReplicatedMergeTree TO dbt;
GRANT SELECT ON ops.replica_runs TO dbt;
GRANT SELECT ON system.replicas TO dbt;
