-- The accepted events of the day, one row each.
SELECT *
FROM parsed
WHERE row_kind = 'event'
