-- Which rows of store the reader sees: those of published loads, also where it reads store itself and
-- not the views. Every table of store that grants/reader.sql does not revoke needs one; the condition
-- is that of the views.
--
-- Not for dbt: a run reads the loads that were published when it started, also those replaced since.
-- Everybody else sees all rows only where
-- access_control_improvements.users_without_row_policies_can_read_rows is true, the default.

CREATE ROW POLICY OR REPLACE published ON store.raw_events FOR SELECT
USING (event_date, load_id) IN
    (SELECT event_date, argMax(load_id, seq) FROM ops.publications GROUP BY event_date)
TO reader;

CREATE ROW POLICY OR REPLACE published ON store.raw_purchases FOR SELECT
USING (event_date, load_id) IN
    (SELECT event_date, argMax(load_id, seq) FROM ops.publications GROUP BY event_date)
TO reader;

CREATE ROW POLICY OR REPLACE published ON store.raw_task_results FOR SELECT
USING (event_date, load_id) IN
    (SELECT event_date, argMax(load_id, seq) FROM ops.publications GROUP BY event_date)
TO reader;

CREATE ROW POLICY OR REPLACE published ON store.raw_sessions FOR SELECT
USING (event_date, load_id) IN
    (SELECT event_date, argMax(load_id, seq) FROM ops.publications GROUP BY event_date)
TO reader;

CREATE ROW POLICY OR REPLACE published ON store.raw_ab_test_assignments FOR SELECT
USING (event_date, load_id) IN
    (SELECT event_date, argMax(load_id, seq) FROM ops.publications GROUP BY event_date)
TO reader;
