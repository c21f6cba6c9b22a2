-- title: Who writes to unusually many counterparts?
-- answers: One row a domain of authors (a keyed hash; freemail providers have none) that wrote in at least so
--   many conversations: messages, conversations, the other parties written to, and those not passed on.
-- workgroup: reviewing
-- param from date default today-7 example 2026-07-01: the first day (UTC) that counts
-- param to date default today example 2026-09-30: the last day that counts
-- param conversations int default 20 example 20: the least number of conversations

WITH
  domains AS (
    SELECT author_domain, author_role, count(*) AS messages, count(DISTINCT conversation_id) AS conversations,
      count(DISTINCT CASE WHEN author_role = 'buyer' THEN seller_id ELSE buyer_id END) AS counterparts,
      count(CASE WHEN state NOT IN ('relayed', 'released') THEN 1 END) AS not_passed_on
    FROM messages
    WHERE author_domain IS NOT NULL
      AND author_role IS NOT NULL
      AND day BETWEEN :from AND :to
      AND (state <> 'released' OR passed_on_at IS NOT NULL)
    GROUP BY author_domain, author_role
  )
SELECT author_domain, author_role, messages, conversations, counterparts, not_passed_on
FROM domains
WHERE conversations >= :conversations
ORDER BY conversations DESC, author_domain, author_role
