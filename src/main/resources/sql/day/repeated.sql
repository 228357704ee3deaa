-- Hashes of ids that more than one line of the day has. Empty on most days, so that most days pay
-- for this narrow count only, and not for a comparison of whole lines.
SELECT id_hash
FROM parsed
WHERE row_kind = 'event'
GROUP BY id_hash
HAVING count(*) > 1
