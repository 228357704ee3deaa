-- Rejected lines, one row each, under the day that was loaded.
SELECT
  :event_date AS event_date,
  objects.source_file,
  decided.reason,
  decided.detail,
  decided.line,
  decided.line_encoding
FROM decided
INNER JOIN objects ON decided.object = objects.object
WHERE decided.outcome = 'rejected'
