-- title: What happened in a conversation?
-- answers: One row a message or delivery event, in the order of the conversation's chain, with subject and
--   text as the other party saw them where they may be read. A held, refused or erased message has none. It is
--   told from the conversation's own objects and opens no other's, and has what was chained until moments ago.
--   what: how a message stands, or what SES told; released from when it was composed to go. codes are in the
--   order of the alphabet. An entry that cannot be read is told as unreadable at its place: parley verify says
--   why. Notes, holds and decisions are not in it: parley review show tells them.
-- workgroup: reviewing
-- param conversation_id id example cpuusoosd6hzwl6gbd5vxjnr7qy: the conversation

WITH
  written AS (
    SELECT regexp_extract("$path", '([^/]+)[.]json$', 1) AS name, subject, text
    FROM content
    WHERE conversation_id = :conversation_id
  ),
  chained AS (
    SELECT link.seq AS seq, kind, link.id AS id, record.message AS about, record.author_role AS author_role,
      record.recipient_role AS recipient_role, record.facts AS facts, outcome, codes,
      TRY_CAST(replace(regexp_extract(link.at, '^[0-9-]+T[0-9:]+[.]{0,1}[0-9]{0,3}'), 'T', ' ') AS timestamp) AS at,
      regexp_extract(folder, '([^/]+)/$', 1) AS name
    FROM entries
    WHERE conversation_id = :conversation_id
      AND link.seq IS NOT NULL
  ),
  unreadable AS (
    SELECT DISTINCT TRY_CAST(regexp_extract("$path", '/([0-9]+)_[^/]*$', 1) AS integer) AS seq
    FROM entries
    WHERE conversation_id = :conversation_id
      AND link.seq IS NULL
  ),
  ended AS (
    SELECT about,
      max_by(CASE WHEN kind = 'outcome' THEN element_at(facts, 'outcome') ELSE kind END, seq) AS state,
      max_by(name, seq) FILTER (WHERE kind = 'released') AS name,
      max(CASE WHEN kind = 'released' AND element_at(facts, 'opened') IS NULL THEN at END) AS passed_on_at,
      flatten(array_agg(split(element_at(facts, 'codes'), ' ')) FILTER (WHERE kind = 'outcome')) AS codes
    FROM chained
    WHERE kind IN ('released', 'refused', 'expired')
      OR kind = 'outcome' AND id <> concat(about, '-outcome')
    GROUP BY about
  ),
  stood AS (
    SELECT m.seq, m.at, m.id AS message_id, coalesce(e.state, m.outcome) AS what,
      coalesce(m.author_role, 'unproved') AS author_role, m.recipient_role,
      CASE coalesce(e.state, m.outcome)
        WHEN 'relayed' THEN m.at
        WHEN 'released' THEN e.passed_on_at
      END AS passed_on_at,
      array_join(array_sort(array_distinct(CASE WHEN e.codes IS NULL THEN m.codes ELSE m.codes || e.codes END)), ' ') AS codes,
      CASE coalesce(e.state, m.outcome) WHEN 'relayed' THEN m.name WHEN 'released' THEN e.name END AS name
    FROM chained m
    LEFT JOIN ended e ON e.about = m.id
    WHERE m.kind = 'message'
  ),
  happened AS (
    SELECT seq, at, message_id, what, author_role, recipient_role, passed_on_at, codes, name
    FROM stood
    UNION ALL
    SELECT seq,
      coalesce(
        TRY_CAST(replace(regexp_extract(element_at(facts, 'occurred-at'), '^[0-9-]+T[0-9:]+[.]{0,1}[0-9]{0,3}'), 'T', ' ') AS timestamp),
        at
      ) AS at,
      about AS message_id, kind AS what, CAST(NULL AS varchar) AS author_role,
      CAST(NULL AS varchar) AS recipient_role, CAST(NULL AS timestamp) AS passed_on_at,
      array_join(
        array_sort(transform(
          filter(map_keys(facts), name -> name <> 'occurred-at'),
          name -> concat(name, '=', element_at(facts, name))
        )),
        ' '
      ) AS codes,
      CAST(NULL AS varchar) AS name
    FROM chained
    WHERE kind IN ('sent', 'delayed', 'delivered', 'bounced', 'suppressed', 'rejected', 'complained')
    UNION ALL
    SELECT seq, CAST(NULL AS timestamp) AS at, CAST(NULL AS varchar) AS message_id, 'unreadable' AS what,
      CAST(NULL AS varchar) AS author_role, CAST(NULL AS varchar) AS recipient_role,
      CAST(NULL AS timestamp) AS passed_on_at, CAST(NULL AS varchar) AS codes, CAST(NULL AS varchar) AS name
    FROM unreadable
  )
SELECT h.seq, h.at, h.message_id, h.what, h.author_role, h.recipient_role, h.passed_on_at, h.codes,
  w.subject, w.text
FROM happened h
LEFT JOIN written w ON w.name = h.name
ORDER BY h.seq
