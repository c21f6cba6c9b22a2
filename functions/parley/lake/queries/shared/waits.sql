-- Every question of a buyer from which a wait for the seller's answer begins, and the answer that ended it
-- within 14 days. Stands in queries as {waits}; needs :from and :to.
  undelivered AS (
    SELECT message_id
    FROM delivery_events
    WHERE NOT contains(codes, 'source=report')
      AND day BETWEEN date_format(CAST(:from AS timestamp) - INTERVAL '45' DAY, '%Y-%m-%d')
        AND date_format(CAST(:to AS timestamp) + INTERVAL '45' DAY, '%Y-%m-%d')
    GROUP BY message_id
    HAVING max(CASE
        WHEN kind IN ('suppressed', 'rejected') OR contains(codes, 'type=permanent') THEN 3
        WHEN kind IN ('delivered', 'complained') THEN 2
        WHEN kind = 'bounced' THEN 1
        ELSE 0
      END) IN (1, 3)
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
  )
