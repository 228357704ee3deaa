-- Of each dimension the value that most of the user's events have, ties to the smallest by code
-- point. Events without a value have no say. Grain: user, and dimension that one of the user's events
-- has a value of.
WITH combinations AS (
  SELECT
    user_id,
    dimensions,
    count(*) AS event_count
  FROM events
  -- Where the settings name none, Spark sees here that no event is to be read.
  WHERE dimensions IS NOT NULL AND size(CAST(:dimensions AS ARRAY<STRING>)) > 0
  GROUP BY user_id, dimensions
),

valued AS (
  SELECT
    user_id,
    event_count,
    posexplode(dimensions) AS (place, value)
  FROM combinations
),

counted AS (
  SELECT
    user_id,
    place,
    value,
    sum(event_count) AS event_count
  FROM valued
  WHERE value IS NOT NULL
  GROUP BY user_id, place, value
)

SELECT
  user_id,
  CAST(:dimensions AS ARRAY<STRING>)[place] AS dimension,
  min_by(value, struct(-event_count, value)) AS value
FROM counted
GROUP BY user_id, place
