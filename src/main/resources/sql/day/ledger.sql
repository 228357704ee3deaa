-- How many rows ended where. Grain: object, outcome, reason, kind of event.
SELECT
  object,
  outcome,
  coalesce(reason, '') AS reason,
  coalesce(event_kind, '') AS event_kind,
  count(*) AS rows,
  coalesce(sum(lines), 0) AS lines,
  coalesce(sum(blank_lines), 0) AS blank_lines,
  coalesce(sum(other_day), 0) AS other_day
FROM decided
GROUP BY object, outcome, reason, event_kind
