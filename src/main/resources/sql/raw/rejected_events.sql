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
    lost.object,
    'conflicting_duplicate' AS reason,
    'event_id' AS detail,
    conflict_lines.line,
    'text' AS line_encoding
  FROM lost
  INNER JOIN conflict_lines ON lost.line_key = conflict_lines.line_key
  WHERE lost.verdict = 'conflict'
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
