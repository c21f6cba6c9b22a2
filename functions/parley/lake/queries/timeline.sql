-- title: What happened in a conversation?
-- answers: One row a message or delivery event, in the order of the conversation's chain, with subject and
--   text as the other party saw them where they may be read. A held, refused or erased message has none.
-- workgroup: reviewing
-- param conversation_id id example cpuusoosd6hzwl6gbd5vxjnr7qy: the conversation
-- param from date default 2026-01-01 example 2026-07-01: the first day (UTC) that counts
-- param to date default today example 2026-09-30: the last day that counts
-- param days days default '' example 2026-09-04,2026-09-05: these alone; parley query finds the conversation's

WITH
  written AS (
    SELECT regexp_extract("$path", '([^/]+)[.]json$', 1) AS name, subject, text
    FROM content
    WHERE conversation_id = :conversation_id
  ),
  happened AS (
    SELECT seq, at, message_id, state AS what, coalesce(author_role, 'unproved') AS author_role, recipient_role,
      passed_on_at, array_join(codes, ' ') AS codes, content_name
    FROM messages
    WHERE conversation_id = :conversation_id
      AND day BETWEEN :from AND :to
      AND (:days = '' OR strpos(:days, day) > 0)
    UNION ALL
    SELECT seq, occurred_at AS at, message_id, kind AS what, CAST(NULL AS varchar) AS author_role,
      CAST(NULL AS varchar) AS recipient_role, CAST(NULL AS timestamp) AS passed_on_at,
      array_join(codes, ' ') AS codes, CAST(NULL AS varchar) AS content_name
    FROM delivery_events
    WHERE conversation_id = :conversation_id
      AND day BETWEEN :from AND :to
      AND (:days = '' OR strpos(:days, day) > 0)
  )
SELECT h.seq, h.at, h.message_id, h.what, h.author_role, h.recipient_role, h.passed_on_at, h.codes,
  w.subject, w.text
FROM happened h
LEFT JOIN written w ON w.name = h.content_name
ORDER BY h.seq
