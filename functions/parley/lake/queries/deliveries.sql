-- title: What became of the mails that went out?
-- answers: One row a day (UTC): messages of which SES told that they were sent, delayed, delivered, bounced,
--   suppressed, rejected or complained about on it. Reports that came as mail prove nothing, and do not count.
-- workgroup: reviewing
-- param from date default today-90 example 2026-07-01: the first day (UTC) that counts
-- param to date default today example 2026-09-30: the last day that counts

SELECT day,
  count(DISTINCT CASE WHEN kind = 'sent' THEN message_id END) AS sent,
  count(DISTINCT CASE WHEN kind = 'delayed' THEN message_id END) AS delayed,
  count(DISTINCT CASE WHEN kind = 'delivered' THEN message_id END) AS delivered,
  count(DISTINCT CASE WHEN kind = 'bounced' THEN message_id END) AS bounced,
  count(DISTINCT CASE WHEN kind = 'suppressed' THEN message_id END) AS suppressed,
  count(DISTINCT CASE WHEN kind = 'rejected' THEN message_id END) AS rejected,
  count(DISTINCT CASE WHEN kind = 'complained' THEN message_id END) AS complained
FROM delivery_events
WHERE NOT contains(codes, 'source=report')
  AND day BETWEEN :from AND :to
GROUP BY day
ORDER BY day
