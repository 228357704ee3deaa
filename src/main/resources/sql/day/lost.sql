-- The lines that lose to another line of the same id and day. Grain: one row a line.
--
-- verdict: duplicate = content equal to the winner's in every column of raw; conflict = other
-- content. The earliest line wins, then the one whose text has the smallest SHA-256, so that
-- neither files nor their order decide. Of equal lines the one in the first object is the accepted one,
-- so that the ledger by object comes out the same, too.
WITH contested AS (
  SELECT
    parsed.*,
    struct(
      event_timestamp, user_id, session_id, event_type, platform, screen_name, properties,
      purchase_amount, currency, task_id, task_result, ab_test_id, ab_group
    ) AS content
  FROM parsed
  LEFT SEMI JOIN repeated ON parsed.id_hash = repeated.id_hash
  WHERE row_kind = 'event'
),

placed AS (
  SELECT
    *,
    row_number() OVER same_id AS place,
    first_value(content) OVER same_id AS winning_content
  FROM contested
  WINDOW same_id AS (
    PARTITION BY id_hash, event_date, event_id ORDER BY event_timestamp, line_sha256, line_key
  )
)

SELECT
  object,
  line_key,
  event_kind,
  CASE WHEN content <=> winning_content THEN 'duplicate' ELSE 'conflict' END AS verdict,
  CASE WHEN content <=> winning_content THEN NULL ELSE line END AS line
FROM placed
WHERE place > 1
