-- The rejected lines of every load, published or not. Not for readers of marts: it holds original
-- lines.
CREATE OR REPLACE VIEW ops.rejected_events
SQL SECURITY DEFINER
AS SELECT load_id, event_date, source_file, reason, detail, line, line_encoding
FROM store.raw_rejected_events;
