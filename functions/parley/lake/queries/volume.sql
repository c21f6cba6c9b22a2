-- title: How much is written?
-- answers: One row a day (UTC) and direction: messages by what became of them, and how many were automatic.
--   unproved: SES could not prove the author. A first contact that was released counts once, in the
--   conversation that it opened.
-- workgroup: reviewing
-- param from date default today-90 example 2026-07-01: the first day (UTC) that counts
-- param to date default today example 2026-09-30: the last day that counts
-- param seller_id id default '' example seller-1: of this seller alone

SELECT day, coalesce(author_role, 'unproved') AS author_role, recipient_role, count(*) AS messages,
  count(CASE WHEN state = 'relayed' THEN 1 END) AS relayed,
  count(CASE WHEN state = 'released' THEN 1 END) AS released,
  count(CASE WHEN state = 'held' THEN 1 END) AS held,
  count(CASE WHEN state = 'refused' THEN 1 END) AS refused,
  count(CASE WHEN state = 'expired' THEN 1 END) AS expired,
  count(CASE WHEN state = 'discarded' THEN 1 END) AS discarded,
  count(automatic) AS automatic
FROM messages
WHERE day BETWEEN :from AND :to
  AND (state <> 'released' OR passed_on_at IS NOT NULL)
  AND (:seller_id = '' OR seller_id = :seller_id)
GROUP BY day, coalesce(author_role, 'unproved'), recipient_role
ORDER BY day, author_role, recipient_role
