-- title: Which rules find something, and how often was it right?
-- answers: One row a rule: in how many messages it looked and found something, and what became of these. Of
--   what reviewers decided, released_percent is the share that they let go.
-- workgroup: reviewing
-- param from date default today-90 example 2026-07-01: the first day (UTC) that counts
-- param to date default today example 2026-09-30: the last day that counts

WITH
  looked AS (
    SELECT h.rule, 1 AS hit, m.state
    FROM messages m
    CROSS JOIN UNNEST(m.hits) AS h (rule)
    WHERE m.day BETWEEN :from AND :to
      AND (m.state <> 'released' OR m.passed_on_at IS NOT NULL)
    UNION ALL
    SELECT n.rule, 0 AS hit, m.state
    FROM messages m
    CROSS JOIN UNNEST(m.misses) AS n (rule)
    WHERE m.day BETWEEN :from AND :to
      AND (m.state <> 'released' OR m.passed_on_at IS NOT NULL)
  ),
  counted AS (
    SELECT rule, count(*) AS looked, count(CASE WHEN hit = 1 THEN 1 END) AS found,
      count(CASE WHEN hit = 1 AND state = 'relayed' THEN 1 END) AS passed,
      count(CASE WHEN hit = 1 AND state = 'held' THEN 1 END) AS held,
      count(CASE WHEN hit = 1 AND state = 'released' THEN 1 END) AS released,
      count(CASE WHEN hit = 1 AND state = 'refused' THEN 1 END) AS refused,
      count(CASE WHEN hit = 1 AND state = 'expired' THEN 1 END) AS expired,
      count(CASE WHEN hit = 1 AND state = 'discarded' THEN 1 END) AS discarded
    FROM looked
    GROUP BY rule
  )
SELECT rule, looked, found, passed, held, released, refused, expired, discarded,
  CASE WHEN released + refused > 0 THEN round(100.0 * released / (released + refused), 1) END AS released_percent
FROM counted
ORDER BY found DESC, rule
