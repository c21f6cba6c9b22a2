-- title: Where does a conversation mention something?
-- answers: One row a message of the conversation whose subject or text, as the other party saw them, holds the
--   words, in any case; others is what another alternative of the mail said, such as its HTML. Its name begins with its place in the chain, or with the time of its release.
-- workgroup: reviewing
-- param conversation_id id example cpuusoosd6hzwl6gbd5vxjnr7qy: the conversation
-- param words text example refund: what to look for

SELECT regexp_extract("$path", '([^/]+)[.]json$', 1) AS name, subject, text, array_join(others, ' ') AS others
FROM content
WHERE conversation_id = :conversation_id
  AND (
    strpos(lower(subject), lower(:words)) > 0
    OR strpos(lower(text), lower(:words)) > 0
    OR strpos(lower(array_join(others, ' ')), lower(:words)) > 0
  )
ORDER BY "$path"
