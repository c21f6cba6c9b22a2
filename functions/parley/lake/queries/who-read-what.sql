-- title: Who read what, and for which case?
-- answers: One row an action of somebody of the marketplace, the latest first: reads and exports, notes, holds
--   and decisions.
-- workgroup: auditing
-- param from date default today-90 example 2026-07-01: the first day (UTC) that counts
-- param to date default today example 2026-09-30: the last day that counts
-- param actor text default '' example anna: of this person alone
-- param case_id text default '' example 2026-117: for this case alone
-- param conversation_id id default '' example cpuusoosd6hzwl6gbd5vxjnr7qy: in this conversation alone

SELECT at, actor, case_id, kind, what, conversation_id, message_id
FROM reviewer_actions
WHERE day BETWEEN :from AND :to
  AND (:actor = '' OR actor = :actor)
  AND (:case_id = '' OR case_id = :case_id)
  AND (:conversation_id = '' OR conversation_id = :conversation_id)
ORDER BY at DESC, action_id
