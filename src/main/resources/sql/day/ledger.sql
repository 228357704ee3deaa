-- How many rows of the parsed day are what, and how many of its events lose to another one.
-- Grain: object, row_kind or verdict, reason, kind of event.
SELECT
  object,
  row_kind AS outcome,
  coalesce(reason, '') AS reason,
  coalesce(event_kind, '') AS event_kind,
  count(*) AS rows,
  coalesce(sum(lines), 0) AS lines,
  coalesce(sum(blank_lines), 0) AS blank_lines,
  coalesce(sum(other_day), 0) AS other_day
FROM parsed
GROUP BY object, row_kind, reason, event_kind

UNION ALL

SELECT
  object,
  verdict,
  '',
  event_kind,
  count(*),
  0,
  0,
  0
FROM lost
GROUP BY object, verdict, event_kind
