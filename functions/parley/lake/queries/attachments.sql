-- title: Which files went through several conversations?
-- answers: One row a file, by the SHA-256 of its content, that was passed on in at least so many conversations:
--   how often, by how many sellers and buyers, when first and last.
-- workgroup: reviewing
-- param from date default today-90 example 2026-07-01: the first day (UTC) that counts
-- param to date default today example 2026-09-30: the last day that counts
-- param conversations int default 2 example 3: the least number of conversations
-- param sha256 id default '' example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08: this file alone

WITH
  files AS (
    SELECT sha256, count(DISTINCT message_id) AS messages, count(DISTINCT conversation_id) AS conversations,
      count(DISTINCT CASE WHEN author_role = 'seller' THEN seller_id END) AS sellers,
      count(DISTINCT CASE WHEN author_role = 'buyer' THEN buyer_id END) AS buyers,
      min(at) AS first_at, max(at) AS last_at
    FROM attachments
    WHERE day BETWEEN :from AND :to
      AND (:sha256 = '' OR sha256 = :sha256)
    GROUP BY sha256
  )
SELECT sha256, messages, conversations, sellers, buyers, first_at, last_at
FROM files
WHERE conversations >= :conversations
ORDER BY conversations DESC, sha256
