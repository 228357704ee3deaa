-- What became of the day's lines: counts by object and way of ending, several rows each, and the
-- counts that the reader of each object made on its own.
SELECT
  object,
  row_kind,
  detail,
  reason,
  event_kind,
  lines,
  blank_lines,
  ignored,
  other_day
FROM not_events
WHERE row_kind IN ('outcome', 'lines', 'wanted', 'refused')
