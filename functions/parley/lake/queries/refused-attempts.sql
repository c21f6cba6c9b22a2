-- title: Which attempts to write were refused?
-- answers: One row a refused message that a person wrote, the latest first. Somebody who is refused has tried to write, and who is
--   proved may count it as contact; unproved says that SES could not prove the author.
-- workgroup: reviewing
-- param from date default today-90 example 2026-07-01: the first day (UTC) that counts
-- param to date default today example 2026-09-30: the last day that counts
-- param order_id id default '' example 303-11: of this order alone

SELECT at, order_id, conversation_id, message_id, coalesce(author_role, 'unproved') AS author_role,
  recipient_role, array_join(codes, ' ') AS codes
FROM messages
WHERE state = 'refused'
  AND automatic IS NULL
  AND day BETWEEN :from AND :to
  AND (:order_id = '' OR order_id = :order_id)
ORDER BY at DESC, message_id
