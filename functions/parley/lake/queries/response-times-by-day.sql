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
  {waits},
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
