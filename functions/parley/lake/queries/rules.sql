-- title: Which rules find something, and how often was it right?
-- answers: One row a rule: in how many messages it looked and found something, and what became of these. Of
--   what reviewers decided, released_percent is the share that they let go.
-- workgroup: reviewing
-- param from date default today-90 example 2026-07-01: the first day (UTC) that counts
-- param to date default today example 2026-09-30: the last day that counts

WITH
  counted AS (
    SELECT rule, count(*) AS looked, count(CASE WHEN has_found THEN 1 END) AS found,
      count(CASE WHEN has_found AND state = 'relayed' THEN 1 END) AS passed,
      count(CASE WHEN has_found AND state = 'held' THEN 1 END) AS held,
      count(CASE WHEN has_found AND state = 'released' THEN 1 END) AS released,
      count(CASE WHEN has_found AND state = 'refused' THEN 1 END) AS refused,
      count(CASE WHEN has_found AND state = 'expired' THEN 1 END) AS expired,
      count(CASE WHEN has_found AND state = 'discarded' THEN 1 END) AS discarded
    FROM rules
    WHERE day BETWEEN :from AND :to
    GROUP BY rule
  )
SELECT rule, looked, found, passed, held, released, refused, expired, discarded,
  CASE WHEN released + refused > 0 THEN round(100.0 * released / (released + refused), 1) END AS released_percent
FROM counted
ORDER BY found DESC, rule
