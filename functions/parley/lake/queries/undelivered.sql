-- title: Which messages did not reach their recipient?
-- answers: One row a message that was passed on and bounced, was suppressed or rejected, with the last that SES
--   told of it; or of which so many hours have passed without a word (silent), or with that of a delay alone
--   (delayed). A bounce that is not permanent counts unless the mail was delivered all the same. A complaint
--   shows that a mail arrived. A report that came as mail proves nothing, and does not count.
-- workgroup: reviewing
-- param from date default today-90 example 2026-07-01: the first day (UTC) that counts
-- param to date default today example 2026-09-30: the last day that counts
-- param hours hours default 24 example 24: the silence that counts

WITH
  events AS (
    SELECT message_id, event_id, kind, codes, occurred_at,
      CASE
        WHEN kind IN ('suppressed', 'rejected') OR contains(codes, 'type=permanent') THEN 3
        WHEN kind IN ('delivered', 'complained') THEN 2
        WHEN kind = 'bounced' THEN 1
        ELSE 0
      END AS stands,
      count(CASE WHEN kind = 'delayed' THEN 1 END) OVER (PARTITION BY message_id) AS delays
    FROM delivery_events
    WHERE NOT contains(codes, 'source=report')
      AND day BETWEEN :from
        AND date_format(CAST(:to AS timestamp) + INTERVAL '45' DAY, '%Y-%m-%d')
  ),
  ranked AS (
    SELECT events.*,
      row_number() OVER (PARTITION BY message_id ORDER BY stands DESC, occurred_at DESC, event_id) AS place
    FROM events
  ),
  latest AS (
    SELECT message_id, kind, codes, occurred_at, stands, delays
    FROM ranked
    WHERE place = 1
  )
SELECT m.passed_on_at, m.order_id, m.conversation_id, m.message_id, m.recipient_role,
  CASE
    WHEN e.stands IN (1, 3) THEN e.kind
    WHEN e.delays > 0 THEN 'delayed'
    ELSE 'silent'
  END AS finding,
  e.occurred_at, array_join(e.codes, ' ') AS codes
FROM messages m
LEFT JOIN latest e ON e.message_id = m.message_id
WHERE m.state IN ('relayed', 'released')
  AND m.day BETWEEN :from AND :to
  AND (
    e.stands IN (1, 3)
    OR (coalesce(e.stands, 0) = 0
      AND m.passed_on_at + INTERVAL '1' HOUR * :hours <= CAST(current_timestamp AT TIME ZONE 'UTC' AS timestamp))
  )
ORDER BY m.passed_on_at DESC, m.message_id
