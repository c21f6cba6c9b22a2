-- title: Which messages carry a finding?
-- answers: One row a message with a finding of this code, the latest first, and what became of it.
-- workgroup: reviewing
-- param code id example contact-iban: the code, from docs/outcomes.md
-- param from date default today-90 example 2026-07-01: the first day (UTC) that counts
-- param to date default today example 2026-09-30: the last day that counts

SELECT DISTINCT m.at, m.order_id, m.seller_id, m.conversation_id, m.message_id,
  coalesce(m.author_role, 'unproved') AS author_role, m.state, array_join(m.codes, ' ') AS codes
FROM messages m
CROSS JOIN UNNEST(transform(m.findings, each -> each.code)) AS f (code)
WHERE f.code = :code
  AND m.day BETWEEN :from AND :to
  AND (m.state <> 'released' OR m.passed_on_at IS NOT NULL)
ORDER BY m.at DESC, m.message_id
