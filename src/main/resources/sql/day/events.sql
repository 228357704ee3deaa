-- The accepted events of the day, one row each.
SELECT *
FROM parsed
LEFT ANTI JOIN lost ON parsed.line_key = lost.line_key
WHERE row_kind = 'event'
