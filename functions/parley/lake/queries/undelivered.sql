-- title: Which messages did not reach their recipient?
-- answers: One row a message that was passed on and bounced, was suppressed or rejected, with the last that SES
--   told of it; or of which so many hours have passed
--   without a word (silent), or with that of a delay alone (delayed). A complaint shows that a mail arrived.
-- workgroup: reviewing
-- param from date default today-90 example 2026-07-01: the first day (UTC) that counts
-- param to date default today example 2026-09-30: the last day that counts
-- param hours hours default 24 example 24: the silence that counts

WITH
  events AS (
    SELECT message_id, kind, codes, occurred_at,
      row_number() OVER (
        PARTITION BY message_id
        ORDER BY CASE WHEN kind IN ('bounced', 'suppressed', 'rejected') THEN 0 ELSE 1 END,
          occurred_at DESC, event_id
      ) AS place,
      count(CASE WHEN kind IN ('delivered', 'complained') THEN 1 END) OVER (PARTITION BY message_id) AS deliveries,
      count(CASE WHEN kind = 'delayed' THEN 1 END) OVER (PARTITION BY message_id) AS delays
    FROM delivery_events
    WHERE day BETWEEN :from
        AND date_format(CAST(:to AS timestamp) + INTERVAL '45' DAY, '%Y-%m-%d')
  ),
  latest AS (
    SELECT message_id, kind, codes, occurred_at, deliveries, delays
    FROM events
    WHERE place = 1
  )
SELECT m.passed_on_at, m.order_id, m.conversation_id, m.message_id, m.recipient_role,
  CASE
    WHEN e.kind IN ('bounced', 'suppressed', 'rejected') THEN e.kind
    WHEN e.delays > 0 THEN 'delayed'
    ELSE 'silent'
  END AS finding,
  e.occurred_at, array_join(e.codes, ' ') AS codes
FROM messages m
LEFT JOIN latest e ON e.message_id = m.message_id
WHERE m.state IN ('relayed', 'released')
  AND m.day BETWEEN :from AND :to
  AND (
    e.kind IN ('bounced', 'suppressed', 'rejected')
    OR (coalesce(e.deliveries, 0) = 0
      AND m.passed_on_at + INTERVAL '1' HOUR * :hours <= CAST(current_timestamp AT TIME ZONE 'UTC' AS timestamp))
  )
ORDER BY m.passed_on_at DESC, m.message_id
