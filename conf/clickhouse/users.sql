-- For a ClickHouse server of your own: run this once as an administrator, with passwords of your own
-- in place of the ones in angle brackets, then row_policies.sql, then the files in grants/. The local
-- server (make up) has the same users, policies, grants and settings, made by dev/stack/services from the
-- same files.
--
-- One snapshot per query: without it a query over several views can see two states of a day.
CREATE SETTINGS PROFILE IF NOT EXISTS edtech SETTINGS enable_shared_storage_snapshot_in_query = 1 CONST;

CREATE USER IF NOT EXISTS loader IDENTIFIED WITH sha256_password BY '<password of loader>' SETTINGS PROFILE 'edtech';
CREATE USER IF NOT EXISTS dbt IDENTIFIED WITH sha256_password BY '<password of dbt>' SETTINGS PROFILE 'edtech';
CREATE USER IF NOT EXISTS reader IDENTIFIED WITH sha256_password BY '<password of reader>' SETTINGS PROFILE 'edtech';
