-- How many lines of each object ended in which way, and what its reader counted on its own.
-- Grain: object, outcome, reason, kind of event.
SELECT
  object,
  CASE WHEN row_kind = 'outcome' THEN detail ELSE row_kind END AS outcome,
  coalesce(reason, '') AS reason,
  coalesce(event_kind, '') AS event_kind,
  coalesce(sum(lines), 0) AS lines,
  coalesce(sum(blank_lines), 0) AS blank_lines,
  coalesce(sum(ignored), 0) AS ignored,
  coalesce(sum(other_day), 0) AS other_day
FROM outcomes
GROUP BY ALL
