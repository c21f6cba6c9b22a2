-- title: Which messages carry a finding?
-- answers: One row a message with a finding of this code, the latest first, and what became of it.
-- workgroup: reviewing
-- param code id example contact-iban: the code, from docs/outcomes.md
-- param from date default today-90 example 2026-07-01: the first day (UTC) that counts
-- param to date default today example 2026-09-30: the last day that counts

SELECT DISTINCT at, order_id, seller_id, conversation_id, message_id,
  coalesce(author_role, 'unproved') AS author_role, state, array_join(codes, ' ') AS codes
FROM findings
WHERE code = :code
  AND day BETWEEN :from AND :to
ORDER BY at DESC, message_id
