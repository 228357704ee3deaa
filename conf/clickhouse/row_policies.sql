-- Which rows of store the reader sees: those of published loads, also where it reads store itself and
-- not the views. The condition is that of the views. For every table of store, those to come included;
-- a table without event_date and load_id in store must be revoked in grants/reader.sql.
--
-- Not for dbt: a run reads the loads that were published when it started, also those replaced since.
-- Everybody else sees all rows only where
-- access_control_improvements.users_without_row_policies_can_read_rows is true, the default.

CREATE ROW POLICY OR REPLACE published ON store.* FOR SELECT
USING (event_date, load_id) IN
    (SELECT event_date, argMax(load_id, seq) FROM ops.publications GROUP BY event_date)
TO reader;
