-- title: Which questions were answered late, or not at all?
-- answers: One row a question of a buyer whose window has passed, the latest first.
--   The clock begins when a buyer's message was passed on, be it by a reviewer, and stops when the seller's
--   next message came in. Messages of one side in a row count once, from the first. What bounced, what is
--   automatic and what is not of a proved author does not count; an answer that is held does, one that was
--   refused does not. After 14 days a question stays without an answer: a later question then counts anew, and
--   a later answer belongs to the first question of the 14 days before it.
-- workgroup: reviewing
-- param from date default today-90 example 2026-07-01: the first day (UTC) that counts
-- param to date default today example 2026-09-30: the last day that counts
-- param hours hours default 48 example 24: the window
-- param seller_id id default '' example seller-1: of this seller alone

WITH
  {waits}
SELECT seller_id, order_id, conversation_id, message_id, began_at, answered_at,
  round((to_unixtime(answered_at) - to_unixtime(began_at)) / 3600.0, 2) AS hours,
  CASE WHEN answered_at IS NULL THEN 'unanswered' ELSE 'late' END AS finding
FROM waits
WHERE began_at + INTERVAL '1' HOUR * :hours <= CAST(current_timestamp AT TIME ZONE 'UTC' AS timestamp)
  AND (answered_at IS NULL OR answered_at > began_at + INTERVAL '1' HOUR * :hours)
  AND (:seller_id = '' OR seller_id = :seller_id)
ORDER BY began_at DESC, message_id
