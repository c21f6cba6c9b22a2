-- title: What do people write about?
-- answers: One row a topic: messages of buyers and sellers, conversations and orders. Topics come from lists of
--   words; of the text itself nothing is kept here. A message may have several.
-- workgroup: reviewing
-- param from date default today-90 example 2026-07-01: the first day (UTC) that counts
-- param to date default today example 2026-09-30: the last day that counts
-- param seller_id id default '' example seller-1: of this seller alone

SELECT t.topic, count(CASE WHEN m.author_role = 'buyer' THEN 1 END) AS of_buyers, count(CASE WHEN m.author_role = 'seller' THEN 1 END) AS of_sellers,
  count(DISTINCT m.conversation_id) AS conversations, count(DISTINCT m.order_id) AS orders
FROM messages m
CROSS JOIN UNNEST(m.topics) AS t (topic)
WHERE m.day BETWEEN :from AND :to
  AND (m.state <> 'released' OR m.passed_on_at IS NOT NULL)
  AND m.author_role IS NOT NULL
  AND m.automatic IS NULL
  AND (:seller_id = '' OR m.seller_id = :seller_id)
GROUP BY t.topic
ORDER BY conversations DESC, t.topic
