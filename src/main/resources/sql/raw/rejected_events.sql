-- Rejected lines, one row each, under the day that was loaded.
SELECT
  objects.day AS event_date,
  objects.source_file,
  parsed.reason,
  parsed.detail,
  parsed.line,
  parsed.line_encoding
FROM parsed
INNER JOIN objects ON parsed.object = objects.object
WHERE parsed.row_kind = 'rejected'
