-- Every row of the parsed day with what became of it.
--
-- Grain: one row per row of `parsed`. outcome: accepted, duplicate, rejected for lines; lines, wanted
-- for counts. Lines are compared with those of the same id and day only: the earliest wins, then the
-- one whose text has the smallest SHA-256, so that neither files nor their order decide. Of equal
-- lines the one in the first object is called accepted, so that the ledger, too, comes out the same.
WITH described AS (
  SELECT
    *,
    struct(
      event_timestamp, user_id, session_id, event_type, platform, screen_name, properties,
      purchase_amount, currency, task_id, task_result, ab_test_id, ab_group
    ) AS content
  FROM parsed
),

placed AS (
  SELECT
    *,
    row_number() OVER same_id AS place,
    first_value(content) OVER same_id AS winning_content
  FROM described
  WINDOW same_id AS (
    PARTITION BY id_hash, event_date, event_id, row_kind ORDER BY event_timestamp, line_sha256, object
  )
),

judged AS (
  SELECT
    *,
    CASE
      WHEN row_kind <> 'event' THEN row_kind
      WHEN place = 1 THEN 'accepted'
      WHEN content <=> winning_content THEN 'duplicate'
      ELSE 'conflict'
    END AS verdict
  FROM placed
)

SELECT
  object,
  CASE verdict WHEN 'conflict' THEN 'rejected' ELSE verdict END AS outcome,
  event_date,
  event_timestamp,
  event_id,
  user_id,
  session_id,
  event_type,
  event_kind,
  platform,
  screen_name,
  properties,
  purchase_amount,
  currency,
  task_id,
  task_result,
  is_success,
  ab_test_id,
  ab_group,
  CASE verdict WHEN 'conflict' THEN 'conflicting_duplicate' ELSE reason END AS reason,
  CASE verdict WHEN 'conflict' THEN 'event_id' ELSE detail END AS detail,
  CASE WHEN verdict IN ('rejected', 'conflict') THEN line END AS line,
  CASE WHEN verdict IN ('rejected', 'conflict') THEN line_encoding END AS line_encoding,
  lines,
  blank_lines,
  other_day
FROM judged
