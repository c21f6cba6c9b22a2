-- title: How fast were the questions of each day answered?
-- answers: One row a day (UTC) on which buyers wrote: questions, answers within 24 and 48 hours, the median.
--   The clock begins when a buyer's message was passed on, be it by a reviewer, and stops when the seller's
--   next message came in. Messages of one side in a row count once, from the first. What bounced, what is
--   automatic and what is not of a proved author does not count; an answer that is held does, one that was
--   refused does not. After 14 days a question stays without an answer: a later question then counts anew, and
--   a later answer belongs to the first question of the 14 days before it.
--   A question that is younger than 48 hours and has no answer yet is left out.
-- workgroup: reviewing
-- param from date default today-90 example 2026-07-01: the first day (UTC) that counts
-- param to date default today example 2026-09-30: the last day that counts
-- param seller_id id default '' example seller-1: of this seller alone

WITH
  undelivered AS (
    SELECT DISTINCT message_id
    FROM delivery_events
    WHERE kind IN ('bounced', 'suppressed', 'rejected')
      AND day BETWEEN date_format(CAST(:from AS timestamp) - INTERVAL '45' DAY, '%Y-%m-%d')
        AND date_format(CAST(:to AS timestamp) + INTERVAL '45' DAY, '%Y-%m-%d')
  ),
  turns AS (
    SELECT m.conversation_id, m.message_id, m.seq, m.day, m.order_id, m.seller_id,
      true AS is_question, m.passed_on_at AS moment
    FROM messages m
    LEFT JOIN undelivered u ON u.message_id = m.message_id
    WHERE m.author_role = 'buyer'
      AND m.automatic IS NULL
      AND m.state IN ('relayed', 'released')
      AND m.passed_on_at IS NOT NULL
      AND u.message_id IS NULL
      AND m.day BETWEEN date_format(CAST(:from AS timestamp) - INTERVAL '45' DAY, '%Y-%m-%d')
        AND date_format(CAST(:to AS timestamp) + INTERVAL '45' DAY, '%Y-%m-%d')
    UNION ALL
    SELECT m.conversation_id, m.message_id, m.seq, m.day, m.order_id, m.seller_id,
      false AS is_question, m.at AS moment
    FROM messages m
    LEFT JOIN undelivered u ON u.message_id = m.message_id
    WHERE m.author_role = 'seller'
      AND m.automatic IS NULL
      AND m.state IN ('relayed', 'released', 'held')
      AND u.message_id IS NULL
      AND m.day BETWEEN date_format(CAST(:from AS timestamp) - INTERVAL '45' DAY, '%Y-%m-%d')
        AND date_format(CAST(:to AS timestamp) + INTERVAL '45' DAY, '%Y-%m-%d')
  ),
  told AS (
    SELECT turns.*,
      lag(CASE WHEN is_question THEN moment END) OVER (
        PARTITION BY conversation_id ORDER BY moment, is_question, seq
      ) AS asked_before_at,
      min(CASE WHEN NOT is_question THEN moment END) OVER (
        PARTITION BY conversation_id ORDER BY moment, is_question, seq
        ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
      ) AS next_answer_at
    FROM turns
  ),
  waits AS (
    SELECT conversation_id, message_id, day, order_id, seller_id, moment AS began_at,
      CASE WHEN next_answer_at <= moment + INTERVAL '14' DAY THEN next_answer_at END AS answered_at
    FROM told
    WHERE is_question
      AND (
        asked_before_at IS NULL
        OR asked_before_at + INTERVAL '14' DAY < moment
        OR (asked_before_at + INTERVAL '14' DAY < next_answer_at AND next_answer_at <= moment + INTERVAL '14' DAY)
      )
      AND day BETWEEN :from AND :to
  ),
  counted AS (
    SELECT day, began_at, answered_at, (to_unixtime(answered_at) - to_unixtime(began_at)) / 3600.0 AS hours,
      row_number() OVER (PARTITION BY day ORDER BY answered_at - began_at NULLS LAST) AS place,
      count(answered_at) OVER (PARTITION BY day) AS answers
    FROM waits
    WHERE (:seller_id = '' OR seller_id = :seller_id)
      AND (answered_at IS NOT NULL OR began_at + INTERVAL '48' HOUR <= CAST(current_timestamp AT TIME ZONE 'UTC' AS timestamp))
  )
SELECT day,
  count(*) AS questions,
  count(answered_at) AS answered,
  count(CASE WHEN answered_at <= began_at + INTERVAL '24' HOUR THEN 1 END) AS within_24_hours,
  count(CASE WHEN answered_at <= began_at + INTERVAL '48' HOUR THEN 1 END) AS within_48_hours,
  round(min(hours) FILTER (WHERE place * 2 >= answers AND place <= answers), 2) AS median_hours
FROM counted
GROUP BY day
ORDER BY day
