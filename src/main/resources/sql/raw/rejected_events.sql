-- Rejected lines, one row each, under the day that was loaded.
SELECT
  objects.day AS event_date,
  objects.source_file,
  not_events.reason,
  not_events.detail,
  not_events.line,
  not_events.line_encoding
FROM not_events
INNER JOIN objects ON not_events.object = objects.object
WHERE not_events.row_kind = 'rejected'
