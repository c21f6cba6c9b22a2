-- title: Was there contact about an order, and was it answered in time?
-- answers: One row a conversation about the order. contact_at: when the buyer's first message was passed on;
--   one that did not arrive is no contact, and time in which it was held does not count. accepted_at: when the
--   seller's server took one of these messages. answered_at: when the seller's next message came in. finding:
--   answered, answered-late, waiting, unanswered, not-contacted or unknown. Automatic messages and those of authors
--   who are not proved count as neither, nor does an answer that bounced. refused_attempts: the buyer's that
--   were refused; unproved_attempts: those of anybody who could not be proved. buyer_wrote_first goes by when
--   messages were passed on, and leaves out what bounced. Where a conversation began before from, both that
--   and the finding are unknown.
-- workgroup: reviewing
-- param order_id id example 303-11: the marketplace's order
-- param hours hours default 48 example 48: within which the seller should answer
-- param from date default {first_day} example 2026-07-01: the first day (UTC) that counts
-- param to date default today example 2026-09-30: the last day that counts

WITH
  undelivered AS (
    SELECT message_id,
      max(CASE
        WHEN kind IN ('suppressed', 'rejected') OR contains(codes, 'type=permanent') THEN 3
        WHEN kind IN ('delivered', 'complained') THEN 2
        WHEN kind = 'bounced' THEN 1
        ELSE 0
      END) AS stands,
      min(CASE WHEN kind = 'delivered' THEN occurred_at END) AS accepted_at
    FROM delivery_events
    WHERE NOT contains(codes, 'source=report')
      AND day BETWEEN :from
        AND date_format(CAST(:to AS timestamp) + INTERVAL '45' DAY, '%Y-%m-%d')
    GROUP BY message_id
  ),
  written AS (
    SELECT m.*, coalesce(u.stands, 0) IN (1, 3) AS has_failed, u.accepted_at,
      m.author_role IS NOT NULL AND m.automatic IS NULL AND m.passed_on_at IS NOT NULL AS is_passed_on
    FROM messages m
    LEFT JOIN undelivered u ON u.message_id = m.message_id
    WHERE m.order_id = :order_id
      AND m.day BETWEEN :from AND :to
  ),
  contacts AS (
    SELECT conversation_id, max(order_id) AS order_id, max(buyer_id) AS buyer_id, max(seller_id) AS seller_id,
      min_by(author_role, ROW(passed_on_at, seq)) FILTER (WHERE is_passed_on AND NOT has_failed) = 'buyer' AS buyer_wrote_first,
      min(seq) AS first_seq,
      min(CASE WHEN is_passed_on AND author_role = 'buyer' AND NOT has_failed THEN passed_on_at END) AS contact_at,
      min(CASE WHEN is_passed_on AND author_role = 'buyer' AND NOT has_failed THEN accepted_at END) AS accepted_at,
      count(CASE WHEN is_passed_on AND author_role = 'buyer' AND has_failed THEN 1 END) AS undelivered,
      count(CASE WHEN author_role = 'buyer' AND state = 'refused' AND automatic IS NULL THEN 1 END) AS refused_attempts,
      count(CASE WHEN author_role IS NULL AND recipient_role = 'seller' AND state = 'refused' AND automatic IS NULL THEN 1 END) AS unproved_attempts
    FROM written
    GROUP BY conversation_id
  ),
  answers AS (
    SELECT c.conversation_id, min(w.at) AS answered_at
    FROM contacts c
    JOIN written w ON w.conversation_id = c.conversation_id
    WHERE w.author_role = 'seller'
      AND w.automatic IS NULL
      AND NOT w.has_failed
      AND w.state IN ('relayed', 'released', 'held')
      AND w.at > c.contact_at
    GROUP BY c.conversation_id
  ),
  in_time AS (
    SELECT a.conversation_id
    FROM answers a
    JOIN contacts c ON c.conversation_id = a.conversation_id
    WHERE a.answered_at <= c.contact_at + INTERVAL '1' HOUR * :hours
  ),
  cut_off AS (
    SELECT conversation_id
    FROM contacts
    WHERE first_seq > 1
      AND :from > '{first_day}'
  ),
  still_open AS (
    SELECT conversation_id
    FROM contacts
    WHERE contact_at + INTERVAL '1' HOUR * :hours > CAST(current_timestamp AT TIME ZONE 'UTC' AS timestamp)
  )
SELECT c.conversation_id, c.order_id, c.buyer_id, c.seller_id,
  CASE WHEN b.conversation_id IS NULL THEN c.buyer_wrote_first END AS buyer_wrote_first, c.contact_at, c.accepted_at,
  a.answered_at,
  round((to_unixtime(a.answered_at) - to_unixtime(c.contact_at)) / 3600.0, 2) AS hours,
  CASE
    WHEN b.conversation_id IS NOT NULL THEN 'unknown'
    WHEN c.contact_at IS NULL THEN 'not-contacted'
    WHEN i.conversation_id IS NOT NULL THEN 'answered'
    WHEN a.conversation_id IS NOT NULL THEN 'answered-late'
    WHEN o.conversation_id IS NOT NULL THEN 'waiting'
    ELSE 'unanswered'
  END AS finding,
  c.undelivered, c.refused_attempts, c.unproved_attempts
FROM contacts c
LEFT JOIN answers a ON a.conversation_id = c.conversation_id
LEFT JOIN in_time i ON i.conversation_id = c.conversation_id
LEFT JOIN cut_off b ON b.conversation_id = c.conversation_id
LEFT JOIN still_open o ON o.conversation_id = c.conversation_id
ORDER BY c.contact_at, c.conversation_id
