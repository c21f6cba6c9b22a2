-- title: Whose mail could not be proved?
-- answers: One row a code, recipient and author's domain: mails that were not passed on because SES could not
--   prove their author, or proved somebody else. author_domain is a keyed hash; it is empty at freemail
--   providers and where the author is not known.
-- workgroup: reviewing
-- param from date default today-90 example 2026-07-01: the first day (UTC) that counts
-- param to date default today example 2026-09-30: the last day that counts

SELECT c.code, m.recipient_role, coalesce(m.author_domain, '') AS author_domain,
  count(*) AS messages, count(DISTINCT m.conversation_id) AS conversations,
  min(m.at) AS first_at, max(m.at) AS last_at
FROM messages m
CROSS JOIN UNNEST(m.codes) AS c (code)
WHERE c.code IN (
    'author-unclear', 'not-authenticated', 'stranger', 'unregistered-mailbox', 'authentication-unavailable'
  )
  AND m.state NOT IN ('relayed', 'released')
  AND m.day BETWEEN :from AND :to
GROUP BY c.code, m.recipient_role, coalesce(m.author_domain, '')
ORDER BY messages DESC, c.code, recipient_role, author_domain
