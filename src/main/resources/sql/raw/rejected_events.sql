-- Rejected lines, one row each, under the day that was loaded.
WITH rejected AS (
  SELECT
    object,
    reason,
    detail,
    line,
    line_encoding
  FROM parsed
  WHERE row_kind = 'rejected'

  UNION ALL

  SELECT
    object,
    'conflicting_duplicate' AS reason,
    'event_id' AS detail,
    line,
    'text' AS line_encoding
  FROM lost
  WHERE verdict = 'conflict'
)

SELECT
  objects.day AS event_date,
  objects.source_file,
  rejected.reason,
  rejected.detail,
  rejected.line,
  rejected.line_encoding
FROM rejected
INNER JOIN objects ON rejected.object = objects.object
